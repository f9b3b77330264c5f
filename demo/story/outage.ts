import { flag } from '../stage/sample-items.ts';
import { FLAG_TTL_MS } from './changes.ts';
import { get } from './requests.ts';
import type { Chapter, Scene } from './scene.ts';

/** For how long a key that could not be read is left alone, if memory has something to say in the meantime. */
const SETBACK_MS = 1_000;

/** Much longer than the extension leaves a table alone. */
const MAX_BREAK_MS = 10_000;

/** DynamoDB goes away, and comes back. */
export const outage: Chapter = async (scene) => {
  const { stage, narrator } = scene;
  narrator.chapter('DynamoDB outage');
  await stage.dynamoDb.stop();
  const goneAtMs = performance.now();
  narrator.say('DynamoDB now refuses all connections. Fresh entries are still hits.');
  await scene.ask(get('Products@@p3@@s1'), { status: 200, cacheStatus: 'hit', dynamoDb: 0 });
  narrator.say(
    'The flag expires after 2 s. Its read fails, so the extension serves the stale item and marks it in the header.',
    'For the next second, the extension does not read this key from DynamoDB.',
  );
  await scene.letPass(FLAG_TTL_MS, goneAtMs);
  const stale = { status: 200, body: '"on":true', dynamoDb: 0 };
  await scene.ask(get('Flags@@dark-mode'), { ...stale, cacheStatus: 'detail=stale-if-error' });
  const failedAtMs = performance.now();
  await scene.ask(get('Flags@@dark-mode'), { ...stale, cacheStatus: 'hit; detail=stale-if-error' });
  narrator.say('A request for an item that is not cached gets an error, never "not found".');
  await scene.ask(get('Orders@@9999'), {
    status: 503,
    cacheStatus: 'none',
    body: '"code":"upstream_unavailable"',
    dynamoDb: 0,
  });

  narrator.chapter('DynamoDB recovers');
  await stage.dynamoDb.restart();
  await stage.dynamoDb.put('Flags', flag('dark-mode', false));
  await untilReached(scene);
  narrator.say('The order does not exist, so the answer is 404 now.');
  await scene.ask(get('Orders@@9999'), {
    status: 404,
    cacheStatus: 'fwd=uri-miss',
    body: '"code":"item_not_found"',
    dynamoDb: 1,
  });
  narrator.say(
    'The flag changed to off in the meantime. After the pause of one second, the extension reads it again.',
  );
  await scene.letPass(SETBACK_MS, failedAtMs);
  await scene.ask(get('Flags@@dark-mode'), {
    status: 200,
    cacheStatus: 'fwd=stale; stored',
    body: '"on":false',
    dynamoDb: 1,
  });
};

/** Readers of their own may have made the extension give a table up for a second: it is asked until it no longer is. */
const untilReached = async (scene: Scene): Promise<void> => {
  const sinceMs = performance.now();
  for (const name of ['Orders@@9998', 'Flags@@none']) {
    for (let isReached = false; !isReached && performance.now() - sinceMs < MAX_BREAK_MS; ) {
      const { answers } = await scene.visit([get(name, 'no-cache')], 'in turn');
      isReached = answers.every(({ status }) => status !== 503);
    }
  }
};
