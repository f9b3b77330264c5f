import type { Settings } from '../adapters/config/settings.ts';
import { FIELDS_AT_ENDPOINT, tablesWithFields } from '../domain/dynamodb/model/projection.ts';
import type { Server } from '../ports/inbound/server.ts';
import type { LifecycleEvents } from '../ports/outbound/lifecycle-events.ts';
import type { Logger } from '../ports/outbound/logger.ts';
import type { Program } from './components.ts';
import { PORTABLE } from './modules/portable.ts';
import { RunWhenIdle } from './run-when-idle.ts';
import { wire } from './wiring.ts';

/** What was made before the program. */
export interface EarlyParts {
  readonly server: Server;
  readonly lifecycleEvents: LifecycleEvents;
  readonly logger: Logger;
}

/** Wires the program and serves. Resolves with what runs it until the shutdown event. */
export const prepareProgram = async (
  settings: Settings,
  { server, lifecycleEvents, logger }: EarlyParts,
): Promise<() => Promise<void>> => {
  // Before a preload only: changed V8 flags make Node.js recompile its own modules, which adds 20 ms to the warm-up.
  if (settings.preload) await keepHeapTight();
  const program: Program = wire(settings, PORTABLE, {
    server,
    logger,
    lifecycleEvents: new RunWhenIdle(lifecycleEvents, () => void warmUp(program)),
  });
  warnOfTablesWithFields(program);
  // From then on, the server calls the loaded handler directly.
  program.get('deferredHandler').onLoaded = (handler) => void server.serve(handler, logger);
  await server.serve(program.get('requestHandler'), logger);
  return () => program.get('runExtension').run();
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
