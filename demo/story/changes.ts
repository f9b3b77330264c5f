import { flag, product } from '../stage/sample-items.ts';
import { forget, get } from './requests.ts';
import type { Chapter } from './scene.ts';

/** The ttl of the table `Flags` in cache.yaml. */
export const FLAG_TTL_MS = 2_000;

/** Items that change behind the cache's back, and the three ways to see it. */
export const changes: Chapter = async (scene) => {
  const { stage, narrator } = scene;
  narrator.chapter('Changes that bypass the cache');

  narrator.say('Expiry. The function reads a flag that is off. Then the flag changes to on in DynamoDB.');
  await scene.ask(get('Flags@@dark-mode'), {
    status: 200,
    cacheStatus: 'fwd=uri-miss; stored',
    body: '"on":false',
    dynamoDb: 1,
  });
  const readAtMs = performance.now();
  await stage.dynamoDb.put('Flags', flag('dark-mode', true));
  narrator.say('The cache still answers off, because the ttl of this table is 2 s.');
  await scene.ask(get('Flags@@dark-mode'), {
    status: 200,
    cacheStatus: 'hit',
    body: '"on":false',
    dynamoDb: 0,
  });
  narrator.say('After 2 s the entry has expired, and the next request reads the new value.');
  await scene.letPass(FLAG_TTL_MS, readAtMs);
  await scene.ask(get('Flags@@dark-mode'), {
    status: 200,
    cacheStatus: 'fwd=stale; stored',
    body: '"on":true',
    dynamoDb: 1,
  });

  narrator.say(
    'No-cache. A price changes in DynamoDB. A plain request gets the cached price, no-cache reads from DynamoDB.',
  );
  await stage.dynamoDb.put('Products', product('p3', 's2', 'Cup 3.2', '7.25'));
  await scene.ask(get('Products@@p3@@s2'), {
    status: 200,
    cacheStatus: 'hit',
    body: '"price":5.5',
    dynamoDb: 0,
  });
  await scene.ask(get('Products@@p3@@s2', 'no-cache'), {
    status: 200,
    cacheStatus: 'fwd=request; stored',
    body: '"price":7.25',
    dynamoDb: 1,
  });
  narrator.say('The cache stores the result for all clients.');
  await scene.ask(get('Products@@p3@@s2'), {
    status: 200,
    cacheStatus: 'hit',
    body: '"price":7.25',
    dynamoDb: 0,
  });

  narrator.say(
    'Invalidation. A client changes the price again, and invalidates the cached item with DELETE.',
  );
  await stage.dynamoDb.put('Products', product('p3', 's2', 'Cup 3.2', '8'));
  await scene.ask(forget('Products@@p3@@s2'), { status: 204, cacheStatus: 'none', dynamoDb: 0 });
  await scene.ask(get('Products@@p3@@s2'), {
    status: 200,
    cacheStatus: 'fwd=uri-miss; stored',
    body: '"price":8',
    dynamoDb: 1,
  });
};
