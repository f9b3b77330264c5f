import { loadSettings } from '../adapters/config/load-settings.ts';
import { SettingsError } from '../adapters/config/settings.ts';
import { SignalEvents } from '../adapters/process/signal-events.ts';
import type { LifecycleEvents } from '../ports/outbound/lifecycle-events.ts';
import type { EarlyListener } from './early-listener.ts';
import { canLoadLater, requestFirstEvent } from './request-first-event.ts';

/** Serves until the shutdown event. Resolves with the exit status: 1 after it has reported that it cannot start. */
export const start = async (
  env: NodeJS.ProcessEnv,
  listener: EarlyListener,
  registered: Promise<LifecycleEvents>,
): Promise<number> => {
  const [settings, registration] = await Promise.allSettled([
    loadSettings(env, undefined, loadSections),
    registered,
  ]);
  if (registration.status === 'rejected') return failStart(registration.reason, new SignalEvents());
  const { value: lifecycleEvents } = registration;
  const { server, failure } = listener;
  if (settings.status === 'rejected') {
    return failStart(settingsErrorOf([settings.reason, failure], env), lifecycleEvents);
  }
  if (server === undefined) return failStart(settingsErrorOf([failure], env), lifecycleEvents);
  const events = canLoadLater(settings.value, lifecycleEvents, env)
    ? await requestFirstEvent(lifecycleEvents)
    : lifecycleEvents;
  const { runProgram } = await import('./run-program.ts');
  await runProgram(settings.value, server, events);
  return 0;
};

/** Loaded only for a file with problems or with sections: the sources are most of what `runProgram` loads later. */
const loadSections = async () => (await import('./modules/sources.ts')).SECTIONS;

const failStart = async (error: Error, lifecycleEvents: LifecycleEvents): Promise<number> => {
  // If the report fails, the exit status still signals the error.
  await lifecycleEvents.reportInitError(error).catch(() => undefined);
  return 1;
};

/** Combines all problems of the settings, including the port, in one error. */
const settingsErrorOf = (failures: readonly unknown[], env: NodeJS.ProcessEnv): SettingsError =>
  new SettingsError(
    failures.flatMap((failure) => {
      if (failure instanceof SettingsError) return failure.problems;
      return failure instanceof Error ? [failure.message] : [];
    }),
    env.CACHE_EXTENSION_CONFIG || undefined,
  );
