import type { Cloud, FunctionId } from '../cloud.ts';
import { answerOf, type Check, expectThat, howOf, isHit, type Seen } from './check.ts';
import { FIXED } from './items.ts';

const STARTS = 3;

/** A cold start with a preload. */
export const coldStart = (fn: FunctionId, layer: string): Check => ({
  name: `cold start, ${layer} layer`,
  promise:
    'The port is open while the function is initialized, and with CACHE_EXTENSION_INIT_STARTUP the first read of the first invocation is a hit.',
  run: async (cloud) => {
    const durations: number[] = [];
    for (let start = 0; start < STARTS; start += 1) durations.push(...(await startOnce(cloud, fn)));
    return seen(durations.sort((a, b) => a - b)[Math.floor(durations.length / 2)]);
  },
});

/** Resolves with the milliseconds of the start; with nothing if Lambda did not report them together with the answer. */
const startOnce = async (cloud: Cloud, fn: FunctionId): Promise<readonly number[]> => {
  await cloud.renew(fn);
  const { findings, startMs } = await cloud.invoke(fn, { steps: [{ get: FIXED.path }] });
  const { atInit, before, invocation } = findings;
  expectThat(
    atInit.status === 200,
    `during the initialization, /health answered ${atInit.status ?? atInit.failure}`,
  );
  expectThat(invocation === 1, 'Lambda did not start a new environment, so no cold start was seen');
  const states = (before.preload ?? []).map(({ group, state }) => `${group} ${state}`);
  expectThat(
    states.length > 0 && states.every((state) => state.endsWith(' complete')),
    `at the first invocation the preload was: ${states.join(', ') || 'absent'}`,
  );
  const how = howOf(answerOf(findings, 0));
  expectThat(isHit(how), `the first read was no hit: ${how}`);
  return startMs === undefined ? [] : [startMs];
};

const seen = (medianMs: number | undefined): Seen => ({
  text: `${STARTS} new environments: /health answered 200 during each initialization, the preload was complete, the first read was a hit.`,
  ...(medianMs === undefined
    ? {}
    : { figures: { 'cold start, median of the initializations, ms': medianMs } }),
});
