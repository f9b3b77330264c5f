import { setTimeout as delay } from 'node:timers/promises';

const PAUSE_MS = 15;
const LIMIT_MS = 10_000;

/** Asks again and again until the answer is the one that is waited for; for what the program does by the clock. */
export const eventually = async <T>(ask: () => Promise<T>, isIt: (answer: T) => boolean): Promise<T> => {
  const startedAt = performance.now();
  for (;;) {
    const answer = await ask();
    if (isIt(answer)) return answer;
    if (performance.now() - startedAt > LIMIT_MS) {
      throw new Error(`not within ${LIMIT_MS} ms; last seen: ${JSON.stringify(answer)}`);
    }
    await delay(PAUSE_MS);
  }
};
