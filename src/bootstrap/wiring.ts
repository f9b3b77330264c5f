import { Container, type ContainerModule } from 'inversify';
import type { Settings } from '../adapters/config/settings.ts';
import type { Components } from './components.ts';
import { TOKENS } from './tokens.ts';

/** Components that replace those of the container. */
export type Overrides = Partial<Omit<Components, 'settings'>>;

/** The components of one program. Each is created once, on first access. */
export interface Program {
  get<Name extends keyof Components>(name: Name): Components[Name];
}

/** Wires the program from modules. Creates, opens and starts nothing. */
export const wire = (
  settings: Settings,
  modules: readonly ContainerModule[],
  overrides: Overrides,
): Program => {
  const container = new Container({ defaultScope: 'Singleton' });
  container.bind(TOKENS.settings).toConstantValue(settings);
  container.load(...modules);
  const override = <Name extends keyof Overrides>(name: Name, instance: Overrides[Name]) => {
    if (instance !== undefined) container.rebind<Components[Name]>(TOKENS[name]).toConstantValue(instance);
  };
  for (const name of namesOf(overrides)) override(name, overrides[name]);
  return { get: (name) => container.get<Components[typeof name]>(TOKENS[name]) };
};

const isName = (name: string): name is keyof Overrides => name in TOKENS && name !== 'settings';

const namesOf = (overrides: Overrides): readonly (keyof Overrides)[] => Object.keys(overrides).filter(isName);
