import { Container, type ContainerModule } from 'inversify';
import type { Settings } from '../adapters/config/settings.ts';
import { type Components, type Overrides, type Program, TOKENS } from './components.ts';
import { PORTABLE } from './modules/portable.ts';
import type { SourceModule } from './modules/source-module.ts';
import { SOURCES } from './modules/sources.ts';

/**
 * Wires the program. Creates, opens and starts nothing.
 *
 * @param modules bind what depends on the runtime and `overrides` does not give
 */
export const wire = (
  settings: Settings,
  overrides: Overrides,
  sources: readonly SourceModule[] = SOURCES,
  modules: readonly ContainerModule[] = [],
): Program => {
  const container = new Container({ defaultScope: 'Singleton' });
  container.bind(TOKENS.settings).toConstantValue(settings);
  container.load(...PORTABLE, ...modules, ...sources.flatMap(({ modules }) => modules));
  const program: Program = { get: (name) => container.get<Components[typeof name]>(TOKENS[name]) };
  container
    .bind(TOKENS.groups)
    .toDynamicValue(() =>
      sources.flatMap(({ groups, prefetches = false }) =>
        settings.prefetchesOnly && !prefetches
          ? groups(program).map(({ preload: _, ...group }) => group)
          : groups(program),
      ),
    );
  container
    .bind(TOKENS.wireRoutes)
    .toDynamicValue(() => sources.flatMap(({ wire }) => wire?.(program) ?? []));
  container.bind(TOKENS.listeners).toConstantValue(sources.flatMap(({ listener }) => listener ?? []));
  container.bind(TOKENS.routes).toDynamicValue(() => sources.flatMap(({ routes }) => routes(program)));
  const override = <Name extends keyof Overrides>(name: Name, instance: Overrides[Name]) => {
    if (instance !== undefined) container.rebind<Components[Name]>(TOKENS[name]).toConstantValue(instance);
  };
  for (const name of namesOf(overrides)) override(name, overrides[name]);
  return program;
};

const isName = (name: string): name is keyof Overrides => name in TOKENS && name !== 'settings';

const namesOf = (overrides: Overrides): readonly (keyof Overrides)[] => Object.keys(overrides).filter(isName);
