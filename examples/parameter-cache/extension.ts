import { SSMClient } from '@aws-sdk/client-ssm';
import { BadRequestError, createApp, NodeHttpServer } from 'dynamodb-cache-extension/adapters/http';
import { registerExtension } from 'dynamodb-cache-extension/adapters/lambda';
import { LruCacheStore } from 'dynamodb-cache-extension/adapters/memory';
import { JsonLogger, NoMetrics, ShaDigest, SystemClock, SystemRandom } from 'dynamodb-cache-extension/adapters/system';
import { createCache, EntryKey, RunExtension, TtlPolicy } from 'dynamodb-cache-extension/core';
import { SsmItemSource } from './ssm-item-source.ts';

const GROUP = 'parameters';
const TEXT = 'text/plain; charset=utf-8';

// The port listens before the registration, because Lambda starts the function right after it.
const server = new NodeHttpServer({
  port: Number(process.env.PARAMETER_CACHE_PORT ?? 4001),
  maxConnections: 256,
  maxHeaderBytes: 16_384,
});
await server.listen();
const session = await registerExtension({
  runtimeApi: process.env.AWS_LAMBDA_RUNTIME_API ?? '',
  name: 'parameter-cache',
}).registered;

const clock = new SystemClock();
const logger = new JsonLogger({ output: process.stdout, clock, level: 'warn' });
const policy = new TtlPolicy({
  ttlMs: 300_000,
  negativeTtlMs: 10_000,
  staleWhileRevalidateMs: 30_000,
  staleIfErrorMs: 3_600_000,
});
const { reader, invalidator, status, preload, refresh, flights, invocation } = createCache(
  {
    groups: [{ name: GROUP, policy, contentTypes: [TEXT], preload: { keys: [], everything: false } }],
    source: new SsmItemSource(new SSMClient({ maxAttempts: 2 }), clock),
    store: new LruCacheStore({ maxBytes: 8_388_608, maxAbsenceBytes: 524_288 }),
    clock,
    random: new SystemRandom(),
    digest: new ShaDigest(),
    logger,
  },
  { timeoutMs: 2_000, maxSourceReads: 10, maxWaitingReads: 1_000, preload: false, preloadTimeoutMs: 0 },
);

const addresses = {
  parameters: ['name'],
  parse: (query: ReadonlyMap<string, string>) => {
    const name = query.get('name');
    if (!name) throw new BadRequestError('malformed_name', 'name the parameter: /parameters?name=/my/parameter');
    return { group: GROUP, key: new EntryKey(GROUP, name) };
  },
};
const app = createApp({
  items: [{ path: '/parameters', addresses, formats: new Map(), defaultContentType: TEXT, reader, invalidator }],
  status,
  cacheName: 'parameter-cache',
  metricsPrefix: 'parameter_cache',
  logger,
});
await server.serve(app.fetch);
const metrics = new NoMetrics();
await new RunExtension(session, server, preload, refresh, flights, invocation, status, metrics, clock, logger).run();
process.exit(0);
