import { flag, product } from '../stage/sample-items.ts';
import { forget, get } from './requests.ts';
import type { Chapter } from './scene.ts';

/** The ttl of the table `Flags` in cache.yaml. */
export const FLAG_TTL_MS = 2_000;

/** Items that change behind the cache's back, and the three ways to see it. */
export const changes: Chapter = async (scene) => {
  const { stage, narrator } = scene;
  narrator.chapter("Changes behind the cache's back");

  narrator.say('Time. A flag that is off is read, and then switched on in DynamoDB.');
  await scene.ask(get('Flags@@dark-mode'), {
    status: 200,
    cacheStatus: 'fwd=uri-miss; stored',
    body: '"on":false',
    dynamoDb: 1,
  });
  const readAtMs = performance.now();
  await stage.dynamoDb.put('Flags', flag('dark-mode', true));
  narrator.say('Memory still says off, and may: the ttl of this table is 2 s.');
  await scene.ask(get('Flags@@dark-mode'), {
    status: 200,
    cacheStatus: 'hit',
    body: '"on":false',
    dynamoDb: 0,
  });
  narrator.say('… until the 2 s have passed.');
  await scene.letPass(FLAG_TTL_MS, readAtMs);
  await scene.ask(get('Flags@@dark-mode'), {
    status: 200,
    cacheStatus: 'fwd=stale; stored',
    body: '"on":true',
    dynamoDb: 1,
  });

  narrator.say('A reader who must know. A price has risen; others see the old one, no-cache asks DynamoDB.');
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
  narrator.say('What it has learnt is for all.');
  await scene.ask(get('Products@@p3@@s2'), {
    status: 200,
    cacheStatus: 'hit',
    body: '"price":7.25',
    dynamoDb: 0,
  });

  narrator.say('A writer who knows. It changes the price once more, and makes the cache forget the old one.');
  await stage.dynamoDb.put('Products', product('p3', 's2', 'Cup 3.2', '8'));
  await scene.ask(forget('Products@@p3@@s2'), { status: 204, cacheStatus: 'none', dynamoDb: 0 });
  await scene.ask(get('Products@@p3@@s2'), {
    status: 200,
    cacheStatus: 'fwd=uri-miss; stored',
    body: '"price":8',
    dynamoDb: 1,
  });
};
