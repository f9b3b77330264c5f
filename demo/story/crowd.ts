import { readHealth } from '../stage/health.ts';
import { get, shownRequest } from './requests.ts';
import type { Chapter } from './scene.ts';
import { shownCount } from './shown-count.ts';

const READERS = 50;

/** Many who want the same at the same time. */
export const crowd: Chapter = async (scene) => {
  const { stage, narrator } = scene;
  narrator.chapter('Concurrent misses');
  narrator.say(
    `${READERS} clients request the same uncached item. The demo delays DynamoDB until all requests have arrived.`,
    'One read answers all of them (single-flight).',
  );
  const request = get('Orders@@1002');
  narrator.ask(`${READERS} × ${shownRequest(request)}`);
  const { collapsed: before } = (await readHealth(stage.port)).counts;
  const heldUp = stage.dynamoDb.hold();
  const visit = scene.visit(
    Array.from({ length: READERS }, () => request),
    'together',
  );
  const opened = untilShared(stage.port, before, READERS - 1, visit).finally(() => heldUp.open());

  const [{ answers, dynamoDbRequests }] = await Promise.all([visit, opened]);
  const good = answers.filter(({ status, body }) => status === 200 && body.includes('"orderNumber":1002'));
  const shared = good.filter(({ headers }) => headers['cache-status']?.endsWith('; collapsed')).length;
  narrator.found(
    `${good.length} × 200, ${shared} of them with the read of the first, ${shownCount(dynamoDbRequests)}`,
    good.length === READERS && shared === READERS - 1 && dynamoDbRequests === 1
      ? []
      : [`expected ${READERS} × 200, ${READERS - 1} of them with the read of the first, ${shownCount(1)}`],
  );
};

/** So many looks at a count that stays the same mean that all who were to come have come: others may share reads of theirs. */
const STEADY_LOOKS = 25;

/** Resolves when that many more requests than `before` wait for the read of another one, or when the visit is over. */
const untilShared = async (
  port: number,
  before: number,
  requests: number,
  visit: Promise<unknown>,
): Promise<void> => {
  let isOver = false;
  const end = () => {
    isOver = true;
  };
  visit.then(end, end);
  let last = before;
  for (let steady = 0; !isOver && steady < STEADY_LOOKS; ) {
    const { collapsed } = (await readHealth(port)).counts;
    steady = collapsed === last && collapsed - before >= requests ? steady + 1 : 0;
    last = collapsed;
  }
};
