import process from 'node:process';
import { loadSettings } from '../adapters/config/load-settings.ts';
import { SettingsError } from '../adapters/config/settings.ts';
import { SignalEvents } from '../adapters/process/signal-events.ts';
import { FIELDS_AT_ENDPOINT, tablesWithFields } from '../domain/dynamodb/model/configured-tables.ts';
import type { LifecycleEvents } from '../ports/outbound/lifecycle-events.ts';
import type { Logger } from '../ports/outbound/logger.ts';
import type { EarlyListener } from './early-listener.ts';
import { PORTABLE } from './modules/portable.ts';
import { RunWhenIdle } from './run-when-idle.ts';
import { type Program, wire } from './wiring.ts';

/** Serves until the surroundings shut down. Resolves with the exit status; 1 if the settings are wrong, which is reported. */
export const start = async (
  env: NodeJS.ProcessEnv,
  door: EarlyListener,
  entered: Promise<LifecycleEvents>,
): Promise<number> => {
  const [settings, surroundings] = await Promise.allSettled([loadSettings(env), entered]);
  if (surroundings.status === 'rejected') return refuse(surroundings.reason, new SignalEvents());
  const { value: lifecycleEvents } = surroundings;
  const { server, failure } = door;
  if (settings.status === 'rejected') {
    return refuse(joined([settings.reason, failure], env), lifecycleEvents);
  }
  if (server === undefined) return refuse(joined([failure], env), lifecycleEvents);
  // Changing V8's settings makes Node.js compile anew whatever of its own it loads after that: 20 ms of the warm-up.
  if (settings.value.preload) await keepHeapTight();
  const program: Program = wire(settings.value, PORTABLE, {
    server,
    lifecycleEvents: new RunWhenIdle(lifecycleEvents, () => void warmUp(program)),
  });
  surviveDefects(process, program.get('logger'));
  warnOfFields(program);
  const logger = program.get('logger');
  // From then on, requests go to the handler itself.
  program.get('deferredHandler').onLoaded = (handler) => void server.serve(handler, logger);
  await server.serve(program.get('requestHandler'), logger);
  await program.get('runExtension').run();
  return 0;
};

/** Without the warning, a cache that never answers an SDK would go unnoticed. */
const warnOfFields = (program: Program): void => {
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
  // The first request tells of what cannot be loaded.
  await Promise.allSettled(deferred);
  // Who we are is another matter in each copy.
  if (awaitsSdks && !isSnapshotted) await program.get('operationForwarder').warmUp?.();
  await keepHeapTight();
};

const refuse = async (error: Error, lifecycleEvents: LifecycleEvents): Promise<number> => {
  // The exit status tells as much if it cannot be reported.
  await lifecycleEvents.reportInitError(error).catch(() => undefined);
  return 1;
};

/** One report of all that is wrong with the settings, the port included. */
const joined = (failures: readonly unknown[], env: NodeJS.ProcessEnv): SettingsError =>
  new SettingsError(
    failures.flatMap((failure) => {
      if (failure instanceof SettingsError) return failure.problems;
      return failure instanceof Error ? [failure.message] : [];
    }),
    env.CACHE_EXTENSION_CONFIG || undefined,
  );

/** What is used of `process`. */
export interface DefectEmitter {
  on(event: 'uncaughtException' | 'unhandledRejection', listener: (error: unknown) => void): unknown;
}

/** Logs what nobody foresaw and goes on: an extension that ends takes the function's environment with it. */
export const surviveDefects = (emitter: DefectEmitter, logger: Logger): void => {
  emitter.on('uncaughtException', (error) => logger.error('a defect was met; serving goes on', { error }));
  emitter.on('unhandledRejection', (error) => logger.error('a defect was met; serving goes on', { error }));
};

/**
 * Keeps the heap close to what is in use, at the cost of collecting garbage more often. Left alone, V8 lets evicted bodies
 * lie until the heap has doubled, which is memory that the function pays for: with a store of 32 MiB, some 70 MiB of it.
 */
export const keepHeapTight = async (): Promise<void> => {
  // Loaded when it is time: nothing waits for it then.
  const { setFlagsFromString } = await import('node:v8');
  // A nursery of 16 MiB holds whole answers of DynamoDB until it is full; this one stays as small as it begins.
  setFlagsFromString('--semi-space-growth-factor=1');
  // Collect when the heap has grown by a fifth, bodies included.
  setFlagsFromString('--heap-growing-percent=20');
  // What a compiler that few requests profit from leaves in the memory of its threads: 20 MiB and more with Node.js 24.
  setFlagsFromString('--no-maglev');
  // Another 10 MiB there; a hit takes no more of the processor for it.
  setFlagsFromString('--optimize-for-size');
};
