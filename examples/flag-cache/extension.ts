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
import { flagFileSource, JSON_TYPE } from './flag-file-source.ts';

const GROUP = 'flags';
const { AWS_LAMBDA_RUNTIME_API: runtimeApi = '', FLAG_CACHE_PORT = '4001', FLAGS_URL = '' } = process.env;

// The port listens before the registration, because Lambda starts the function right after it.
const port = Number(FLAG_CACHE_PORT);
const server = new NodeHttpServer({ port, maxConnections: 256, maxHeaderBytes: 16_384 });
await server.listen();
const events = await registerExtension({ runtimeApi, name: 'flag-cache' }).registered;

const clock = new SystemClock();
const logger = new JsonLogger({ output: process.stdout, clock, level: 'warn' });
const policy = new TtlPolicy({
  ttlMs: 60_000,
  negativeTtlMs: 10_000,
  staleWhileRevalidateMs: 30_000,
  staleIfErrorMs: 3_600_000,
});
const cache = createCache({
  groups: [{ name: GROUP, policy, contentTypes: [JSON_TYPE] }],
  source: flagFileSource(FLAGS_URL, clock),
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
    if (!name) throw new BadRequestError('malformed_name', 'name a flag: /flags?name=dark-mode');
    return { group: GROUP, key: new EntryKey(GROUP, name) };
  },
};
const { reader, invalidator, status } = cache;
const app = createApp({
  items: [{ path: '/flags', addresses, defaultContentType: JSON_TYPE, reader, invalidator }],
  status,
  cacheName: 'flag-cache',
  metricsPrefix: 'flag_cache',
  logger,
});
await server.serve(app.fetch, logger);
await new RunExtension({ cache, events, server, metrics: new NoMetrics(), clock, logger }).run();
process.exit(0);
