import process from 'node:process';
import { loadSettings } from '../adapters/config/load-settings.ts';
import { SettingsError } from '../adapters/config/settings.ts';
import { SignalEvents } from '../adapters/process/signal-events.ts';
import { FIELDS_AT_ENDPOINT, tablesWithFields } from '../domain/dynamodb/model/projection.ts';
import type { LifecycleEvents } from '../ports/outbound/lifecycle-events.ts';
import type { Logger } from '../ports/outbound/logger.ts';
import type { Program } from './components.ts';
import type { EarlyListener } from './early-listener.ts';
import { PORTABLE } from './modules/portable.ts';
import { SECTIONS } from './modules/sources.ts';
import { RunWhenIdle } from './run-when-idle.ts';
import { wire } from './wiring.ts';

/** Serves until the shutdown event. Resolves with the exit status: 1 after it has reported that it cannot start. */
export const start = async (
  env: NodeJS.ProcessEnv,
  listener: EarlyListener,
  registered: Promise<LifecycleEvents>,
): Promise<number> => {
  const [settings, registration] = await Promise.allSettled([
    loadSettings(env, undefined, SECTIONS),
    registered,
  ]);
  if (registration.status === 'rejected') return failStart(registration.reason, new SignalEvents());
  const { value: lifecycleEvents } = registration;
  const { server, failure } = listener;
  if (settings.status === 'rejected') {
    return failStart(settingsErrorOf([settings.reason, failure], env), lifecycleEvents);
  }
  if (server === undefined) return failStart(settingsErrorOf([failure], env), lifecycleEvents);
  // Before a preload only: changed V8 flags make Node.js recompile its own modules, which adds 20 ms to the warm-up.
  if (settings.value.preload) await keepHeapTight();
  const program: Program = wire(settings.value, PORTABLE, {
    server,
    lifecycleEvents: new RunWhenIdle(lifecycleEvents, () => void warmUp(program)),
  });
  surviveDefects(process, program.get('logger'));
  warnOfTablesWithFields(program);
  const logger = program.get('logger');
  // From then on, the server calls the loaded handler directly.
  program.get('deferredHandler').onLoaded = (handler) => void server.serve(handler, logger);
  await server.serve(program.get('requestHandler'), logger);
  await program.get('runExtension').run();
  return 0;
};

/** Without this warning, a cache that never answers an SDK could go unnoticed. */
const warnOfTablesWithFields = (program: Program): void => {
  const { keepsTypedForm, tables: specs } = program.get('settings');
  const tables = keepsTypedForm ? tablesWithFields(specs) : [];
  if (tables.length > 0)
    program
      .get('logger')
      .warn(`an AWS SDK is pointed at the endpoint, and ${FIELDS_AT_ENDPOINT}`, { tables });
};

const warmUp = async (program: Program): Promise<void> => {
  await program.get('server').warmUp?.();
  const { keepsTypedForm: awaitsSdks, isSnapshotted } = program.get('settings');
  const deferred = [
    program.get('deferredHandler').load(),
    ...(awaitsSdks ? [program.get('deferredOperations').load()] : []),
  ];
  // A part that cannot be loaded is reported by the first request.
  await Promise.allSettled(deferred);
  // Not in a snapshot: each restored copy has its own credentials.
  if (awaitsSdks && !isSnapshotted) await program.get('operationForwarder').warmUp?.();
  await keepHeapTight();
};

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

/**
 * Keeps the heap close to its live size, at the cost of more frequent garbage collections. By default, V8 keeps evicted bodies
 * until the heap has doubled. With a store of 32 MiB, that wastes about 70 MiB of the function's memory.
 */
const keepHeapTight = async (): Promise<void> => {
  // Imported here to keep it out of the start.
  const { setFlagsFromString } = await import('node:v8');
  // A young generation of 16 MiB would hold whole DynamoDB responses until it is full. This one keeps its initial size.
  setFlagsFromString('--semi-space-growth-factor=1');
  // Collect after the heap, bodies included, has grown by a fifth.
  setFlagsFromString('--heap-growing-percent=20');
  // Few requests profit from this compiler, and its threads hold 20 MiB or more with Node.js 24.
  setFlagsFromString('--no-maglev');
  // Saves another 10 MiB with Node.js 24, at no CPU cost per hit.
  setFlagsFromString('--optimize-for-size');
};
