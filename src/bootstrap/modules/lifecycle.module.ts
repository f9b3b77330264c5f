import { ContainerModule } from 'inversify';
import { SignalEvents } from '../../adapters/process/signal-events.ts';
import { TOKENS } from '../tokens.ts';

/** What the surroundings do where nothing else is given: outside Lambda, signals end the process. */
export const lifecycleModule = new ContainerModule(({ bind }) => {
  bind(TOKENS.lifecycleEvents).toResolvedValue(() => new SignalEvents());
});
