import { get } from './requests.ts';
import type { Chapter } from './scene.ts';

/** Reads of what is not in memory yet, or not anywhere. */
export const misses: Chapter = async (scene) => {
  const { narrator } = scene;
  narrator.chapter('Misses');
  narrator.say('Orders are not preloaded. The first to ask for one pays for the way to DynamoDB.');
  await scene.ask(get('Orders@@1001'), {
    status: 200,
    cacheStatus: 'fwd=uri-miss; stored',
    body: '"orderNumber":1001',
    dynamoDb: 1,
  });
  narrator.say('The second does not, not even under another spelling of the same number.');
  await scene.ask(get('Orders@@1001'), { status: 200, cacheStatus: 'hit', dynamoDb: 0 });
  await scene.ask(get('Orders@@1001.0'), { status: 200, cacheStatus: 'hit', dynamoDb: 0 });

  narrator.say(
    'That an item does not exist is worth remembering, too: for 10 s, unless the settings say otherwise.',
  );
  const absent = { status: 404, body: '"code":"item_not_found"' };
  await scene.ask(get('Products@@p3@@nothing'), { ...absent, cacheStatus: 'fwd=uri-miss', dynamoDb: 1 });
  await scene.ask(get('Products@@p3@@nothing'), { ...absent, cacheStatus: 'hit', dynamoDb: 0 });
};
