import { loadAwsClientCode } from '../adapters/aws/lazy-aws-client.ts';
import { type CompatibleListener, VARIABLES } from '../adapters/config/environment/variable-names.ts';
import type { Settings } from '../adapters/config/settings.ts';
import { FIELDS_AT_ENDPOINT, tablesWithFields } from '../domain/dynamodb/model/projection.ts';
import type { RequestHandler, Server } from '../ports/inbound/server.ts';
import type { LifecycleEvents } from '../ports/outbound/lifecycle-events.ts';
import type { Logger } from '../ports/outbound/logger.ts';
import type { Program } from './components.ts';
import { DeferredHandler, deferredRequestHandler } from './deferred.ts';
import type { EarlyListener, OpenedPort } from './early-listener.ts';
import { sharingFunction } from './modules/tier.module.ts';
import { RunWhenIdle } from './run-when-idle.ts';
import { wire } from './wiring.ts';

/** What was made before the program. */
export interface EarlyParts {
  readonly server: Server;
  /** The ports of AWS's extensions. */
  readonly compatible: EarlyListener['compatible'];
  readonly lifecycleEvents: LifecycleEvents;
  readonly logger: Logger;
}

/** Wires the program and serves. Resolves with what runs it until the shutdown event. */
export const prepareProgram = async (
  settings: Settings,
  { server, compatible, lifecycleEvents, logger }: EarlyParts,
): Promise<() => Promise<void>> => {
  // Before a preload only: changed V8 flags make Node.js recompile its own modules, which adds 20 ms to the warm-up.
  if (settings.preload) await keepHeapTight();
  const program: Program = wire(settings, {
    server: new ServerGroup(server, [...compatible.values()]),
    logger,
    lifecycleEvents: new RunWhenIdle(lifecycleEvents, () => void warmUp(program)),
  });
  for (const { warnings } of [settings.parametersSecretsExtension, settings.appConfigAgent].filter(
    (each) => each !== undefined,
  ))
    for (const warning of warnings) logger.warn(warning);
  warnOfTablesWithFields(program);
  warnOfUnusedTier(program);
  // From then on, the server calls the loaded handler directly.
  program.get('deferredHandler').onLoaded = (handler) => void server.serve(handler, logger);
  await server.serve(program.get('requestHandler'), logger);
  await serveCompatible(program, compatible);
  // At the level info, it is the first line, which carries the version.
  logger.info('serving requests');
  return () => program.get('runExtension').run();
};

/** Serves the protocols of AWS's extensions on their ports. A port that is taken is reported, and the rest works. */
const serveCompatible = async (program: Program, compatible: EarlyParts['compatible']): Promise<void> => {
  const logger = program.get('logger');
  for (const { name, load } of program.get('listeners')) {
    const { server, failure } = compatible.get(name) ?? {};
    if (server !== undefined) {
      const handler = new DeferredHandler(() => load(program));
      handler.onLoaded = (loaded) => void server.serve(loaded, logger);
      await server.serve(deferredRequestHandler(handler), logger);
    } else if (failure instanceof Error) {
      const next = `remove the layer of AWS's ${EXTENSIONS_OF_AWS[name]}, or take ${name} out of ${VARIABLES.compatibility}`;
      logger.error(`requests for ${name} are not served: ${failure.message}; ${next}`);
    }
  }
};

/** How messages name the extensions of AWS. */
const EXTENSIONS_OF_AWS: Readonly<Record<CompatibleListener, string>> = {
  'parameters-and-secrets': 'Parameters and Secrets extension',
  appconfig: 'AppConfig Agent extension',
};

/** The server of the program, which also closes the servers on other ports. */
class ServerGroup implements Server {
  readonly #own: Server;
  readonly #others: readonly OpenedPort[];

  constructor(own: Server, others: readonly OpenedPort[]) {
    this.#own = own;
    this.#others = others;
  }

  listen(): Promise<void> {
    return this.#own.listen();
  }

  serve(handler: RequestHandler, logger?: Logger): Promise<void> {
    return this.#own.serve(handler, logger);
  }

  async warmUp(): Promise<void> {
    await this.#own.warmUp?.();
  }

  async close(): Promise<void> {
    await Promise.all(
      [this.#own, ...this.#others.flatMap(({ server }) => server ?? [])].map((each) => each.close()),
    );
  }
}

/** Without this warning, a cache that never answers an SDK could go unnoticed. */
const warnOfTablesWithFields = (program: Program): void => {
  const { keepsTypedForm, tables: specs } = program.get('settings');
  const tables = keepsTypedForm ? tablesWithFields(specs) : [];
  if (tables.length > 0)
    program
      .get('logger')
      .warn(`an AWS SDK is pointed at the endpoint, and ${FIELDS_AT_ENDPOINT}`, { tables });
};

const warnOfUnusedTier = (program: Program): void => {
  if (program.get('settings').tier !== undefined && sharingFunction(program) === undefined)
    program
      .get('logger')
      .warn(
        'the second tier is not used: without the account and the name of a Lambda function, programs with other roles could read its entries; outside Lambda, remove CACHE_EXTENSION_TIER_URL',
      );
};

const warmUp = async (program: Program): Promise<void> => {
  await program.get('server').warmUp?.();
  const { keepsTypedForm: awaitsSdks, isSnapshotted, sdkServices = [] } = program.get('settings');
  // Not in a snapshot: the connection would be dead in each restored copy.
  if (sharingFunction(program) !== undefined && !isSnapshotted) program.get('sharedEntries').open?.();
  const otherServices = sdkServices.length === 0 ? [] : program.get('wireRoutes');
  const deferred = [
    program.get('deferredHandler').load(),
    loadAwsClientCode(),
    ...(awaitsSdks ? [program.get('deferredOperations').load()] : []),
    ...otherServices.map(({ operations }) => typeof operations === 'function' && operations()),
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
