import { answerOf, type Check, codeOf, expectThat } from './check.ts';
import { FIXED } from './items.ts';

/** A function whose extension cannot reach DynamoDB. */
export const unreachable: Check = {
  name: 'unreachable DynamoDB',
  promise: 'If DynamoDB cannot be reached, a read is 503: not a failed function, and not "not found".',
  run: async (cloud) => {
    for (const invocation of [1, 2]) {
      const { findings } = await cloud.invoke('Unreachable', { steps: [{ get: FIXED.path }] });
      const answer = answerOf(findings, 0);
      expectThat(
        answer.status === 503 && codeOf(answer) === 'upstream_unavailable',
        `the read of invocation ${invocation} was ${answer.status} ${codeOf(answer)}`,
      );
      expectThat(findings.after.status === 200, `afterwards /health answered ${findings.after.status}`);
    }
    return { text: 'Reads in two invocations were 503 upstream_unavailable, and the function answered.' };
  },
};
