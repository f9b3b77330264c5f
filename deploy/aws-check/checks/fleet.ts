import { answerOf, type Check, expectThat, howOf, inOneEnvironment, isHit, versionOf } from './check.ts';
import { SHARED } from './items.ts';

/** Two functions that share a table and a journal. */
export const fleet: Check = {
  name: 'coherence of environments',
  promise:
    'With `coherence: invocation`, an invocation sees each write that another environment made through the endpoint before.',
  run: async (cloud) => {
    let expected = 0;
    const { first, second } = await inOneEnvironment('FleetReader', async (attempt) => {
      const first = await cloud.invoke('FleetReader', { steps: [{ get: SHARED.path, times: 2 }] });
      expected = 100 + attempt;
      const write = { sdkPut: { table: 'CHECK_SHARED', id: SHARED.id, version: expected } };
      await cloud.invoke('FleetWriter', { steps: [write] });
      return { first, second: await cloud.invoke('FleetReader', { steps: [{ get: SHARED.path }] }) };
    });
    const before = howOf(answerOf(first.findings, 0));
    expectThat(isHit(before), `the reader had not cached the item before the write: ${before}`);
    const after = answerOf(second.findings, 0);
    expectThat(
      versionOf(after) === expected,
      `after the write of version ${expected}, another environment read ${versionOf(after)}: ${howOf(after)}`,
    );
    return {
      text: 'The reader had a hit, the writer wrote, and the next invocation of the reader saw the write.',
    };
  },
};
