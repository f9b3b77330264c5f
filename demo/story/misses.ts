import { get } from './requests.ts';
import type { Chapter } from './scene.ts';

/** Reads of what is not in memory yet, or not anywhere. */
export const misses: Chapter = async (scene) => {
  const { narrator } = scene;
  narrator.chapter('Misses');
  narrator.say('The table Orders is not preloaded. The first request for an order reads from DynamoDB.');
  await scene.ask(get('Orders@@1001'), {
    status: 200,
    cacheStatus: 'fwd=uri-miss; stored',
    body: '"orderNumber":1001',
    dynamoDb: 1,
  });
  narrator.say(
    'The second request is a hit. Number keys are compared as numbers, so 1001.0 is the same key.',
  );
  await scene.ask(get('Orders@@1001'), { status: 200, cacheStatus: 'hit', dynamoDb: 0 });
  await scene.ask(get('Orders@@1001.0'), { status: 200, cacheStatus: 'hit', dynamoDb: 0 });

  narrator.say('The cache also stores negative entries, for 10 s by default.');
  const absent = { status: 404, body: '"code":"item_not_found"' };
  await scene.ask(get('Products@@p3@@nothing'), { ...absent, cacheStatus: 'fwd=uri-miss', dynamoDb: 1 });
  await scene.ask(get('Products@@p3@@nothing'), { ...absent, cacheStatus: 'hit', dynamoDb: 0 });
};
