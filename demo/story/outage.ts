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
  narrator.chapter('DynamoDB goes away');
  await stage.dynamoDb.stop();
  const goneAtMs = performance.now();
  narrator.say('It refuses all connections from now on. What is fresh in memory does not need it.');
  await scene.ask(get('Products@@p3@@s1'), { status: 200, cacheStatus: 'hit', dynamoDb: 0 });
  narrator.say(
    'The flag expires (again, its 2 s must pass). It is asked for, cannot be had, and the last known one is answered:',
    'the header says so. For a second after that DynamoDB is not even tried.',
  );
  await scene.letPass(FLAG_TTL_MS, goneAtMs);
  const stale = { status: 200, body: '"on":true', dynamoDb: 0 };
  await scene.ask(get('Flags@@dark-mode'), { ...stale, cacheStatus: 'detail=stale-if-error' });
  const failedAtMs = performance.now();
  await scene.ask(get('Flags@@dark-mode'), { ...stale, cacheStatus: 'hit; detail=stale-if-error' });
  narrator.say(
    'What memory has never seen is an error, and never "not found": nobody knows whether it exists.',
  );
  await scene.ask(get('Orders@@9999'), {
    status: 503,
    cacheStatus: 'none',
    body: '"code":"upstream_unavailable"',
    dynamoDb: 0,
  });

  narrator.chapter('DynamoDB is back');
  await stage.dynamoDb.restart();
  await stage.dynamoDb.put('Flags', flag('dark-mode', false));
  await untilReached(scene);
  narrator.say('Now it is known that there is no such order.');
  await scene.ask(get('Orders@@9999'), {
    status: 404,
    cacheStatus: 'fwd=uri-miss',
    body: '"code":"item_not_found"',
    dynamoDb: 1,
  });
  narrator.say('The flag was switched off meanwhile. Its second of rest is over, so it shows.');
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
