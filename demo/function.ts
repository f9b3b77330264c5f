import { CacheClient } from './function/cache-client.ts';
import type { CacheAnswer, Errand } from './function/errand.ts';
import { serveInvocations } from './function/runtime-loop.ts';

/*
 * The sample function, as Lambda would run it. Everything outside the handler is made once and kept,
 * so that the connection to the cache lives as long as the environment.
 */
const { AWS_LAMBDA_RUNTIME_API = '', CACHE_EXTENSION_PORT = '4000' } = process.env;
const cache = new CacheClient(Number(CACHE_EXTENSION_PORT));

const handler = async ({ requests, order }: Errand): Promise<readonly CacheAnswer[]> => {
  if (order === 'together') return Promise.all(requests.map((request) => cache.send(request)));
  const answers: CacheAnswer[] = [];
  for (const request of requests) answers.push(await cache.send(request));
  return answers;
};

await serveInvocations(AWS_LAMBDA_RUNTIME_API, handler);
