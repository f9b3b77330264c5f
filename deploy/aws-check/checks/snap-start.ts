import { answerOf, type Check, expectThat, howOf, isHit } from './check.ts';
import { FIXED } from './items.ts';

/** A function that is restored from a snapshot. */
export const snapStart: Check = {
  name: 'SnapStart',
  promise:
    'Nothing is read before the first invocation, so that a snapshot has no data. Afterwards, reads work with the credentials of the endpoint.',
  run: async (cloud) => {
    const { findings, startMs } = await cloud.invoke('SnapStart', {
      steps: [{ get: FIXED.path }, { get: FIXED.path }],
    });
    const { initializationType, atInit } = findings;
    expectThat(
      initializationType === 'snap-start',
      `the function was initialized by ${initializationType || 'an unknown way'}, so SnapStart was not seen`,
    );
    expectThat(
      atInit.status === 200,
      `during the initialization, /health answered ${atInit.status ?? atInit.failure}`,
    );
    const reads = atInit.counts?.sourceReads;
    const states = (atInit.preload ?? []).map(({ state }) => state);
    expectThat(
      reads === 0 && states.length > 0 && states.every((state) => state === 'waiting'),
      `before the snapshot there were ${reads} reads, and the preload was ${states.join(', ')}`,
    );
    const [first, second] = [answerOf(findings, 0), answerOf(findings, 1)];
    expectThat(first.status === 200, `the first read after the restore was ${howOf(first)}`);
    expectThat(isHit(howOf(second)), `the second read after the restore was no hit: ${howOf(second)}`);
    return {
      text: 'The snapshot was taken without any read. After the restore, the first read was 200 and the second one a hit.',
      ...(startMs === undefined ? {} : { figures: { 'restore, ms': startMs } }),
    };
  },
};
