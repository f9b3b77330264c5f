import process from 'node:process';
import { loadSettings } from '../adapters/config/load-settings.ts';
import { SignalEvents } from '../adapters/process/signal-events.ts';
import type { LifecycleEvents } from '../ports/lifecycle-events.ts';
import { createContainer } from './container.ts';
import { surviveDefects } from './defects.ts';
import type { FrontDoor } from './front-door.ts';

/** Serves until the surroundings shut down. Resolves with the exit status; 1 if the settings are wrong, which is reported. */
export const start = async (
  env: NodeJS.ProcessEnv,
  door: FrontDoor,
  entered: Promise<LifecycleEvents>,
): Promise<number> => {
  const [settings, surroundings] = await Promise.allSettled([loadSettings(env), entered]);
  if (surroundings.status === 'rejected') return refuse([surroundings.reason], new SignalEvents());
  const { value: lifecycleEvents } = surroundings;
  const { server, failure } = door;
  if (settings.status === 'rejected') return refuse([settings.reason, failure], lifecycleEvents);
  if (server === undefined) return refuse([failure], lifecycleEvents);
  const program = createContainer(settings.value, { server, lifecycleEvents });
  surviveDefects(process, program.get('logger'));
  await server.serve(program.get('requestHandler'));
  await program.get('runExtension').run();
  return 0;
};

const refuse = async (failures: readonly unknown[], lifecycleEvents: LifecycleEvents): Promise<number> => {
  const errors = failures.filter((failure) => failure instanceof Error);
  const error = new Error(errors.map(({ message }) => message).join('\n'), { cause: errors[0] });
  error.name = errors[0]?.name ?? error.name;
  // The exit status tells as much if it cannot be reported.
  await lifecycleEvents.reportInitError(error).catch(() => undefined);
  return 1;
};
