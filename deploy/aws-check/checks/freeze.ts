import { answerOf, type Check, expectThat, howOf, inOneEnvironment, isHit, versionOf } from './check.ts';
import { BRIEF, BRIEF_EXPIRED_MS, FIXED } from './items.ts';

const STEPS = { steps: [{ get: FIXED.path }, { get: BRIEF.path }] };

/** What a freeze does to lifetimes. */
export const freeze: Check = {
  name: 'freeze and thaw',
  promise:
    'Lifetimes count the time in which Lambda freezes the environment: afterwards, fresh items are hits and expired ones are read again.',
  run: async (cloud) => {
    let expected = 0;
    const { first, second } = await inOneEnvironment('Node', async (attempt) => {
      const first = await cloud.invoke('Node', STEPS);
      expected = 100 + attempt;
      await cloud.putItem('CHECK_BRIEF', { id: BRIEF.id, version: expected });
      await cloud.wait(BRIEF_EXPIRED_MS);
      return { first, second: await cloud.invoke('Node', STEPS) };
    });
    const [lasting, brief] = [answerOf(second.findings, 0), answerOf(second.findings, 1)];
    expectThat(isHit(howOf(lasting)), `an item of one hour was no hit after the freeze: ${howOf(lasting)}`);
    const frozen = Math.floor(BRIEF_EXPIRED_MS / 1_000);
    const aged = lasting.age - answerOf(first.findings, 0).age;
    expectThat(
      aged >= frozen,
      `the Age grew by ${aged} s in a pause of ${frozen} s, so the freeze was not counted`,
    );
    expectThat(
      versionOf(brief) === expected,
      `an item of two seconds was served as version ${versionOf(brief)} after the freeze; DynamoDB had ${expected}`,
    );
    return {
      text: `After ${frozen} s between two invocations, the item of one hour was a hit that was ${aged} s older, and the item of two seconds was the current one.`,
    };
  },
};
