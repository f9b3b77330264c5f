import process from 'node:process';
import { loadSettings } from '../adapters/config/load-settings.ts';
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
  if (surroundings.status === 'rejected') return refuse([surroundings.reason]);
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

const refuse = async (failures: readonly unknown[], lifecycleEvents?: LifecycleEvents): Promise<number> => {
  const reasons = failures.filter((failure) => failure !== undefined);
  const message = reasons
    .map((reason) => (reason instanceof Error ? reason.message : String(reason)))
    .join('\n');
  process.stderr.write(`${message}\n`);
  const [first] = reasons;
  const error = new Error(message, { cause: first });
  error.name = first instanceof Error ? first.name : error.name;
  // The exit status tells as much if Lambda cannot be told.
  await lifecycleEvents?.reportInitError(error).catch(() => undefined);
  return 1;
};
