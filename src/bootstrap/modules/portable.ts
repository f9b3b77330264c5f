import process from 'node:process';
import { ContainerModule } from 'inversify';
import { CredentialCache } from '../../adapters/aws/credentials/credentials.ts';
import { EndpointResolver } from '../../adapters/aws/endpoint-resolver.ts';
import { RoleCredentials } from '../../adapters/aws/roles/role-credentials.ts';
import { VARIABLES } from '../../adapters/config/environment/variable-names.ts';
import { LruCacheStore } from '../../adapters/memory/lru-cache-store.ts';
import { EmfMetrics, NoMetrics } from '../../adapters/observability/emf-metrics.ts';
import { JsonLogger } from '../../adapters/observability/json-logger.ts';
import { SignalEvents } from '../../adapters/process/signal-events.ts';
import { ShaDigest, SystemClock, SystemRandom } from '../../adapters/system/system.ts';
import { createCache } from '../../application/create-cache.ts';
import { invocationsOf, RunExtension } from '../../application/lifecycle/run-extension.ts';
import { VERSION } from '../../domain/program/version.ts';
import { TOKENS } from '../components.ts';
import { DeferredHandler, deferredRequestHandler } from '../deferred.ts';
import { tierModule } from './tier.module.ts';

/** Clock, random numbers, digest, logs and metrics. */
const systemModule = new ContainerModule(({ bind }) => {
  bind(TOKENS.clock).toResolvedValue(() => new SystemClock());
  bind(TOKENS.random).toResolvedValue(() => new SystemRandom());
  bind(TOKENS.digest).toResolvedValue(() => new ShaDigest());
  bind(TOKENS.logger).toResolvedValue(
    (clock, { logLevel }) =>
      new JsonLogger({ output: process.stdout, clock, level: logLevel, version: VERSION }),
    [TOKENS.clock, TOKENS.settings],
  );
  bind(TOKENS.metricsPublisher).toResolvedValue(
    (clock, { metrics, functionName = 'local' }) =>
      metrics === 'emf' ? new EmfMetrics({ output: process.stdout, clock, functionName }) : new NoMetrics(),
    [TOKENS.clock, TOKENS.settings],
  );
});

/** The store of entries. */
const memoryModule = new ContainerModule(({ bind }) => {
  bind(TOKENS.cacheStore).toResolvedValue(
    ({ maxBytes, maxAbsenceBytes, maxItems }) =>
      new LruCacheStore({ maxBytes, maxAbsenceBytes, maxEntries: maxItems }),
    [TOKENS.settings],
  );
});

/** The default lifecycle, for processes outside Lambda: signals end the process. */
const lifecycleModule = new ContainerModule(({ bind }) => {
  bind(TOKENS.lifecycleEvents).toResolvedValue(() => new SignalEvents());
});

/** The name of the sessions of roles, if the function has no name that STS allows. */
const SESSION_NAME = 'dynamodb-cache-extension';

/** The credentials of the function, which all AWS sources share, and of the roles that it assumes. */
const awsModule = new ContainerModule(({ bind }) => {
  bind(TOKENS.endpointResolver).toResolvedValue(
    ({ region, dynamoDbEndpoint: endpoint, endpoints, credentialsEndpoint }, clock) => {
      // On an old Node.js the SDK would log a warning that the function's owner cannot act on.
      process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
      return new EndpointResolver(
        { env: process.env, region, endpoint, endpoints, credentialsEndpoint },
        clock,
      );
    },
    [TOKENS.settings, TOKENS.clock],
  );
  bind(TOKENS.credentialCache).toResolvedValue(
    (knowledge, clock) => new CredentialCache((renewed) => knowledge.credentials(renewed), clock),
    [TOKENS.endpointResolver, TOKENS.clock],
  );
  bind(TOKENS.roleCredentials).toResolvedValue(
    ({ region, proxy, functionName = '' }, credentialCache, endpoints, clock) => {
      const sessionName = functionName.length > 1 ? functionName : SESSION_NAME;
      return new RoleCredentials({ credentialCache, endpoints, clock, region, proxy, sessionName });
    },
    [TOKENS.settings, TOKENS.credentialCache, TOKENS.endpointResolver, TOKENS.clock],
  );
});

/** The use cases over the ports. */
const applicationModule = new ContainerModule(({ bind }) => {
  bind(TOKENS.cache).toResolvedValue(
    (settings, groups, sharedEntries, store, clock, random, digest, logger, lifecycleEvents) => {
      const isNotified = invocationsOf(lifecycleEvents) === 'notified';
      return createCache(
        { groups, sharedEntries, store, clock, random, digest, logger },
        {
          ...settings,
          awaitsInvocation: settings.isSnapshotted && isNotified,
          refreshesAtOnce: !isNotified,
        },
      );
    },
    [
      TOKENS.settings,
      TOKENS.groups,
      TOKENS.sharedEntries,
      TOKENS.cacheStore,
      TOKENS.clock,
      TOKENS.random,
      TOKENS.digest,
      TOKENS.logger,
      TOKENS.lifecycleEvents,
    ],
  );
  bind(TOKENS.runExtension).toResolvedValue(
    ({ maxPreloadHoldMs: maxMs }, cache, events, server, metrics, clock, logger) =>
      new RunExtension({
        cache,
        events,
        server,
        metrics,
        clock,
        logger,
        preloadHold: maxMs === undefined ? undefined : { maxMs, setting: VARIABLES.preloadTimeout },
      }),
    [
      TOKENS.settings,
      TOKENS.cache,
      TOKENS.lifecycleEvents,
      TOKENS.server,
      TOKENS.metricsPublisher,
      TOKENS.clock,
      TOKENS.logger,
    ],
  );
});

/** The HTTP interface of the cache. */
const httpModule = new ContainerModule(({ bind }) => {
  bind(TOKENS.deferredHandler).toResolvedValue(
    (routes, { reader, invalidator, status }, wire, logger, { token, maxPendingBodyBytes }) =>
      new DeferredHandler(async () => {
        // Loaded on demand: not needed before the first request.
        const { createHandler } = await import('../../adapters/http/app.ts');
        return createHandler({
          items: routes.map((route) => ({ ...route, reader, invalidator })),
          wire,
          maxPendingBodyBytes,
          status,
          cacheName: 'dynamodb-cache',
          metricsPrefix: 'dynamodb_cache',
          ...(token === undefined ? {} : { token }),
          logger,
        });
      }),
    [TOKENS.routes, TOKENS.cache, TOKENS.wireRoutes, TOKENS.logger, TOKENS.settings],
  );
  bind(TOKENS.requestHandler).toResolvedValue(deferredRequestHandler, [TOKENS.deferredHandler]);
});

/** All modules except the server, which depends on the runtime. */
export const PORTABLE = [
  systemModule,
  memoryModule,
  tierModule,
  applicationModule,
  awsModule,
  httpModule,
  lifecycleModule,
];
