import type { Cloud } from '../cloud.ts';
import type { Answer } from '../probe.ts';
import {
  answerOf,
  type Check,
  codeOf,
  expectThat,
  howOf,
  inOneEnvironment,
  isHit,
  versionOf,
} from './check.ts';
import { ABSENT_PATH, BRIEF, BRIEF_EXPIRED_MS, FIXED, PROBED_PATH } from './items.ts';

const FN = 'Denied';
/** IAM may take more than a minute. */
const POLLS = 90;
const POLL_MS = 2_000;
const PROBE = { get: PROBED_PATH, headers: { 'Cache-Control': 'no-cache' } };

/** Reads while IAM denies them. */
export const deniedRole: Check = {
  name: 'outage by a denied role',
  promise:
    'While AWS rejects reads, fresh items are hits. All else is 502 with the reason: never an expired item, never "not found". Afterwards reads work again.',
  run: async (cloud) => {
    const { second } = await inOneEnvironment(FN, async () => {
      const first = await cloud.invoke(FN, { steps: [{ get: FIXED.path }, { get: BRIEF.path }] });
      const before = howOf(answerOf(first.findings, 1));
      expectThat(before.startsWith('200 '), `a read before the denial was ${before}`);
      await cloud.deny(FN, true);
      await untilProbed(cloud, 'the denial', isRefusal);
      await cloud.wait(BRIEF_EXPIRED_MS);
      const second = await cloud.invoke(FN, {
        steps: [{ get: FIXED.path }, { get: BRIEF.path }, { get: ABSENT_PATH }],
      });
      await cloud.deny(FN, false);
      await untilProbed(cloud, 'its end', ({ status }) => status === 200);
      return { first, second };
    });
    const fresh = answerOf(second.findings, 0);
    const expired = answerOf(second.findings, 1);
    const unread = answerOf(second.findings, 2);
    expectThat(isHit(howOf(fresh)), `a fresh item was no hit while reads were denied: ${howOf(fresh)}`);
    expectThat(
      isRefusal(expired),
      `an expired item was answered with ${expired.status} (version ${versionOf(expired)}) although reads were denied`,
    );
    expectThat(
      isRefusal(unread),
      `an item that was not cached was ${unread.status} ${codeOf(unread)} although reads were denied`,
    );
    return {
      text: 'While reads were denied, the fresh item was a hit, and the expired and the unread one were 502 upstream_refused. After the denial, reads were 200.',
    };
  },
};

const isRefusal = (answer: Answer): boolean => answer.status === 502 && codeOf(answer) === 'upstream_refused';

const untilProbed = async (cloud: Cloud, what: string, isIt: (answer: Answer) => boolean): Promise<void> => {
  for (let poll = 0; poll < POLLS; poll += 1) {
    const { findings } = await cloud.invoke(FN, { steps: [PROBE] });
    if (isIt(answerOf(findings, 0))) return;
    await cloud.wait(POLL_MS);
  }
  throw new Error(`${what} did not take effect within ${(POLLS * POLL_MS) / 60_000} minutes`);
};
