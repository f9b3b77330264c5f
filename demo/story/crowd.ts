import type { CacheAnswer } from '../function/errand.ts';
import { get, shownRequest } from './requests.ts';
import { type Chapter, shownCount } from './scene.ts';

const READERS = 50;

/** Many who want the same at the same time. */
export const crowd: Chapter = async (scene) => {
  const { narrator } = scene;
  narrator.chapter('A crowd');
  narrator.say(`${READERS} readers miss the same item at the same time. One read serves them all.`);
  const request = get('Orders@@1002');
  narrator.ask(`${READERS} × ${shownRequest(request)}`);
  const { answers, dynamoDbRequests } = await scene.visit(
    Array.from({ length: READERS }, () => request),
    'together',
  );

  const good = answers.filter(({ status, body }) => status === 200 && body.includes('"orderNumber":1002'));
  const shared = good.filter(tells('collapsed')).length;
  const found = good.filter(tells('hit')).length;
  const slowestMs = Math.max(...answers.map(({ ms }) => ms));
  const late = found === 0 ? '' : `, ${found} came when it was there`;
  narrator.found(
    `${good.length} × 200 in at most ${slowestMs.toFixed(1)} ms, ${shownCount(dynamoDbRequests)}: ` +
      `${shared} shared the read of the first${late}`,
    good.length === READERS && shared + found === READERS - 1 && dynamoDbRequests === 1
      ? []
      : [`expected ${READERS} × 200 out of one request to DynamoDB`],
  );
};

const tells =
  (member: string) =>
  ({ headers }: CacheAnswer): boolean =>
    headers['cache-status']?.split('; ').includes(member) ?? false;
