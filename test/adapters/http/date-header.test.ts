import { afterEach, describe, expect, it } from '@jest/globals';
import { ServerUnderTest } from '../../support/http/server-under-test.ts';

/** Whole seconds are cut off from a date: one of before is wrong by more than this. */
const BLOCKED_MS = 2_000;

let running: ServerUnderTest | undefined;
afterEach(() => running?.close());

/** Keeps every timer from running, as a freeze does. */
const block = (): void => {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, BLOCKED_MS);
};

describe('the Date header of the server on Node.js', () => {
  it.each([200, 503])('is the time of the response, with status %i', async (status) => {
    let answers = 0;
    running = await ServerUnderTest.serving(async () => {
      answers += 1;
      if (answers > 1) block();
      return new Response('', { status });
    });
    const client = await running.client();
    client.get('/first');
    await client.answer();
    client.get('/second');
    const { headers } = await client.answer();

    expect(Math.abs(Date.now() - Date.parse(headers.date ?? ''))).toBeLessThan(BLOCKED_MS);
  });
});
