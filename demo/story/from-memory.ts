import type { CacheAnswer } from '../function/errand.ts';
import { get, shownRequest } from './requests.ts';
import type { Chapter } from './scene.ts';
import { shownCount } from './shown-count.ts';

const MANY = 1_000;

/** Reads of what is in memory already. */
export const fromMemory: Chapter = async (scene) => {
  const { narrator } = scene;
  narrator.chapter('Hits');
  narrator.say(
    'The first read is a hit, because the item was preloaded. Its time includes the new connection and the start of the',
    'HTTP client.',
  );
  await scene.ask(get('Products@@p3@@s1'), {
    status: 200,
    cacheStatus: 'hit',
    body: '{"name":"Cup 3.1","pKey":"p3","price":4.5,"sKey":"s1"}',
    dynamoDb: 0,
  });
  narrator.say('The second read uses the same connection. This key is binary, in base64.');
  await scene.ask(get('Thumbnails@@3q2-7w'), {
    status: 200,
    cacheStatus: 'hit',
    body: '"digest":"3q2+7w=="',
    dynamoDb: 0,
  });

  narrator.say('After warm-up, a hit takes as long as a round trip on loopback.');
  const request = get('Products@@p4@@s1');
  narrator.ask(`${MANY} × ${shownRequest(request)}, one after the other`);
  const { answers, dynamoDbRequests } = await scene.visit(
    Array.from({ length: MANY }, () => request),
    'in turn',
  );
  const isAsExpected = answers.every(({ status }) => status === 200) && dynamoDbRequests === 0;
  narrator.found(
    `${answers.length} × 200, median ${medianMs(answers).toFixed(2)} ms, ${shownCount(dynamoDbRequests)}`,
    isAsExpected ? [] : [`expected ${MANY} × 200, and no request to DynamoDB`],
  );
};

const medianMs = (answers: readonly CacheAnswer[]): number =>
  answers.map(({ ms }) => ms).sort((one, other) => one - other)[Math.floor(answers.length / 2)] ?? 0;
