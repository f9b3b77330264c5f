import process from 'node:process';
import { PLATFORM_VARIABLES } from '../adapters/config/environment/variable-names.ts';
import { type Settings, SettingsError } from '../adapters/config/settings.ts';
import { JsonLogger } from '../adapters/observability/json-logger.ts';
import { SignalEvents } from '../adapters/process/signal-events.ts';
import { VERSION } from '../domain/program/version.ts';
import type { LifecycleEvent, LifecycleEvents, StartKind } from '../ports/outbound/lifecycle-events.ts';
import type { Logger } from '../ports/outbound/logger.ts';
import type { EarlyListener } from './early-listener.ts';
import { loadProgramSettings } from './load-program-settings.ts';

/**
 * Serves until the shutdown event. Resolves with the exit status: 1 after it has reported that it cannot start.
 *
 * @param cli the command that checks settings; in Lambda it is unknown how the reader starts it
 */
export const start = async (
  env: NodeJS.ProcessEnv,
  listener: EarlyListener,
  registered: Promise<LifecycleEvents>,
  cli?: string,
): Promise<number> => {
  const [settings, registration] = await Promise.allSettled([loadProgramSettings(env), registered]);
  if (registration.status === 'rejected') return failStart(registration.reason, new SignalEvents());
  const { value: lifecycleEvents } = registration;
  const { server, failure, compatible } = listener;
  if (settings.status === 'rejected') {
    return failStart(settingsErrorOf([settings.reason, failure], cli), lifecycleEvents);
  }
  if (server === undefined) return failStart(settingsErrorOf([failure], cli), lifecycleEvents);
  const { logLevel } = settings.value;
  const logger = new JsonLogger({ output: process.stdout, clock: Date, level: logLevel, version: VERSION });
  surviveDefects(process, logger);
  const events = canLoadLater(settings.value, lifecycleEvents, env)
    ? await requestFirstEvent(lifecycleEvents)
    : lifecycleEvents;
  const program = await import('./run-program.ts')
    .then(({ prepareProgram }) =>
      prepareProgram(settings.value, { server, compatible, lifecycleEvents: events, logger }),
    )
    .catch((error: unknown) => (error instanceof Error ? error : new TypeError(String(error))));
  if (program instanceof Error) {
    logger.error('the program could not be loaded', { error: program });
    return failStart(program, lifecycleEvents);
  }
  await program();
  return 0;
};

/** The part of `process` that `surviveDefects` uses. */
export interface DefectEmitter {
  on(event: 'uncaughtException' | 'unhandledRejection', listener: (error: unknown) => void): unknown;
}

/** Logs uncaught errors and keeps running: Lambda ends the execution environment when an extension exits. */
export const surviveDefects = (emitter: DefectEmitter, logger: Logger): void => {
  emitter.on('uncaughtException', (error) =>
    logger.error('unexpected error; the extension keeps serving', { error }),
  );
  emitter.on('unhandledRejection', (error) =>
    logger.error('unexpected error; the extension keeps serving', { error }),
  );
};

const ON_DEMAND = 'on-demand';

/**
 * Whether the first event may be requested before the rest is loaded. On demand, the function then starts 8 to 25 ms earlier;
 * requests that come before all is loaded wait. Other environments wait for their first invocation, so they load everything
 * before. Lambda must not take an incomplete preload for the end of initialization.
 */
export const canLoadLater = (
  { preload }: Pick<Settings, 'preload'>,
  { invocations }: Pick<LifecycleEvents, 'invocations'>,
  { [PLATFORM_VARIABLES.initializationType]: initializationType = ON_DEMAND }: NodeJS.ProcessEnv,
): boolean => !preload && invocations === 'notified' && initializationType === ON_DEMAND;

/** Requests the first event, which the first call of `next` then returns. Resolves when the request is sent. */
export const requestFirstEvent = async (events: LifecycleEvents): Promise<LifecycleEvents> => {
  const requested = new FirstEventRequested(events);
  // Two turns later, because the request for the event is sent in the first turn of the event loop.
  await new Promise<void>((resolve) => setImmediate(() => setImmediate(resolve)));
  return requested;
};

class FirstEventRequested implements LifecycleEvents {
  readonly #events: LifecycleEvents;
  #first: Promise<LifecycleEvent> | undefined;

  constructor(events: LifecycleEvents) {
    this.#events = events;
    this.#first = events.next();
    // It may reject before `next` is called; that must not count as unhandled.
    this.#first.catch(() => undefined);
  }

  get invocations() {
    return this.#events.invocations;
  }

  get account() {
    return this.#events.account;
  }

  recordStart(): StartKind {
    return this.#events.recordStart?.() ?? 'first';
  }

  next(): Promise<LifecycleEvent> {
    const first = this.#first;
    this.#first = undefined;
    return first ?? this.#events.next();
  }

  reportInitError(error: Error): Promise<void> {
    return this.#events.reportInitError(error);
  }
}

const failStart = async (error: Error, lifecycleEvents: LifecycleEvents): Promise<number> => {
  // If the report fails, the exit status still signals the error.
  await lifecycleEvents.reportInitError(error).catch(() => undefined);
  return 1;
};

/** Combines all problems of the settings, including the port, in one error. */
const settingsErrorOf = (failures: readonly unknown[], cli: string | undefined): SettingsError => {
  const ofSettings = failures.find((failure) => failure instanceof SettingsError);
  return new SettingsError(
    failures.flatMap((failure) => {
      if (failure instanceof SettingsError) return failure.problems;
      return failure instanceof Error ? [failure.message] : [];
    }),
    { path: ofSettings?.path, cli },
  );
};
