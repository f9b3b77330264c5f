import { SSMClient } from '@aws-sdk/client-ssm';
import { BadRequestError, createApp, NodeHttpServer } from 'dynamodb-cache-extension/adapters/http';
import { registerExtension } from 'dynamodb-cache-extension/adapters/lambda';
import { LruCacheStore } from 'dynamodb-cache-extension/adapters/memory';
import {
  JsonLogger,
  NoMetrics,
  ShaDigest,
  SystemClock,
  SystemRandom,
} from 'dynamodb-cache-extension/adapters/system';
import { createCache, EntryKey, RunExtension, TtlPolicy } from 'dynamodb-cache-extension/core';
import { ssmItemSource } from './ssm-item-source.ts';

const GROUP = 'parameters';
const TEXT = 'text/plain; charset=utf-8';

// The port listens before the registration, because Lambda starts the function right after it.
const port = Number(process.env.PARAMETER_CACHE_PORT ?? 4001);
const server = new NodeHttpServer({ port, maxConnections: 256, maxHeaderBytes: 16_384 });
await server.listen();
const runtimeApi = process.env.AWS_LAMBDA_RUNTIME_API ?? '';
const session = await registerExtension({ runtimeApi, name: 'parameter-cache' }).registered;

const clock = new SystemClock();
const logger = new JsonLogger({ output: process.stdout, clock, level: 'warn' });
const policy = new TtlPolicy({
  ttlMs: 300_000,
  negativeTtlMs: 10_000,
  staleWhileRevalidateMs: 30_000,
  staleIfErrorMs: 3_600_000,
});
const cache = createCache({
  groups: [{ name: GROUP, policy, contentTypes: [TEXT], preload: { keys: [], everything: false } }],
  source: ssmItemSource(new SSMClient({ maxAttempts: 2 }), clock),
  store: new LruCacheStore({ maxBytes: 8_388_608, maxAbsenceBytes: 524_288 }),
  clock,
  random: new SystemRandom(),
  digest: new ShaDigest(),
  logger,
});

const addresses = {
  parameters: ['name'],
  parse: (query: ReadonlyMap<string, string>) => {
    const name = query.get('name');
    if (!name) throw new BadRequestError('malformed_name', 'say which: /parameters?name=/my/parameter');
    return { group: GROUP, key: new EntryKey(GROUP, name) };
  },
};
const { reader, invalidator, status } = cache;
const app = createApp({
  items: [{ path: '/parameters', addresses, defaultContentType: TEXT, reader, invalidator }],
  status,
  cacheName: 'parameter-cache',
  metricsPrefix: 'parameter_cache',
  logger,
});
await server.serve(app.fetch, logger);
await new RunExtension(cache, session, server, new NoMetrics(), clock, logger).run();
process.exit(0);
