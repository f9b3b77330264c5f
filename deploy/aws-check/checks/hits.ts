import type { FunctionId } from '../cloud.ts';
import { answerOf, type Check, codeOf, expectThat, isHit } from './check.ts';
import { ABSENT_PATH, FIXED } from './items.ts';

const READS = 200;

/** Hits and their time. */
export const hits = (fn: FunctionId, layer: string): Check => ({
  name: `hits, ${layer} layer`,
  promise:
    'After the first read, memory answers. The answer has every digit of a number. An item that does not exist is 404.',
  run: async (cloud) => {
    const { findings } = await cloud.invoke(fn, {
      steps: [{ get: FIXED.path }, { get: FIXED.path, times: READS }, { get: ABSENT_PATH }],
    });
    const [repeated, absent] = [answerOf(findings, 1), answerOf(findings, 2)];
    const other = repeated.how.find((how) => !isHit(how));
    expectThat(other === undefined, `a repeated read was no hit: ${other}`);
    const { exact } = FIXED.item;
    expectThat(repeated.body.includes(`"exact":${exact}`), `the item lost digits: ${repeated.body}`);
    expectThat(
      absent.status === 404 && codeOf(absent) === 'item_not_found',
      `a read of an absent item was ${absent.status} ${codeOf(absent)}`,
    );
    const medianMs = repeated.medianMs;
    return {
      text: `${READS} of ${READS} repeated reads were hits, with all ${exact.length} digits. The absent item was 404.`,
      figures: { 'hit, median, ms': medianMs },
    };
  },
});
