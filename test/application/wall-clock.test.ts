import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  createApplication,
  filledApplication,
  keyOf,
  LIFETIMES,
  textOf,
  throttled,
  unreachable,
  watch,
} from '../support/application/create-application.ts';

const key = keyOf('k');
const YEAR_MS = 31_536_000_000;
const steps = [
  ['an hour back', -3_600_000],
  ['a year back', -YEAR_MS],
  ['a year forward', YEAR_MS],
] as const;

describe.each(steps)('when the wall clock steps %s', (_, stepMs) => {
  it('an expired entry is read again', async () => {
    const app = await filledApplication();
    app.clock.setWall(app.clock.now() + stepMs);

    expect(textOf(await app.read(key))).toMatch(stepMs < 0 ? 'v1' : 'v2');
    await app.clock.advance(0);
    expect(textOf(await app.read(key))).toBe('v2');
    expect((await app.read(key)).cache).toEqual({ source: 'memory', ttlMs: LIFETIMES.ttlMs });
  });

  it('ages are never negative', async () => {
    const app = await filledApplication();
    app.clock.setWall(app.clock.now() + stepMs);
    app.source.failWith(unreachable());
    const answer = await app.read(key).catch(() => ({ ageMs: 0 }));

    expect(answer.ageMs).toBeGreaterThanOrEqual(0);
  });

  it('a source with an open circuit is probed at once, and recovers', async () => {
    const app = createApplication();
    app.source.failWith(unreachable());
    for (const id of ['a', 'b', 'c']) await app.read(keyOf(id)).catch(() => undefined);
    app.source.heal();
    app.source.put(key, 'v1');
    app.clock.setWall(app.clock.now() + stepMs);
    await app.read(key).catch(() => undefined);
    await app.clock.advance(0);

    expect(textOf(await app.read(key))).toBe('v1');
  });

  it('the backoff of a throttled key does not become longer', async () => {
    const app = createApplication();
    app.source.failNext(throttled());
    await app.read(key).catch(() => undefined);
    app.source.put(key, 'v1');
    app.clock.setWall(app.clock.now() + stepMs);

    expect(textOf(await app.read(key))).toBe('v1');
  });

  it('a waiting call is admitted, and a running one keeps its whole time-out', async () => {
    const app = createApplication({ maxSourceReads: 1 });
    app.source.put(key, 'v1');
    const gate = app.source.hold();
    const first = watch(app.read(keyOf('first')));
    const second = app.read(key);
    await app.clock.advance(1_000);
    app.clock.setWall(app.clock.now() + stepMs);
    await app.clock.advance(999);
    expect(first.state()).toBe('pending');
    gate.open();

    expect(textOf(await second)).toBe('v1');
    expect(first.state()).toBe('resolved');
  });

  it('a batch of refreshes ends', async () => {
    const app = await filledApplication();
    await app.clock.advance(59_000);
    await app.read(key);
    app.clock.setWall(app.clock.now() + stepMs);
    await app.refresh.runBatch();

    expect(textOf(await app.read(key))).toBe('v2');
  });

  it('a running read keeps its time-out, despite the deadline of the invocation', async () => {
    const app = createApplication();
    app.invocation.begin(app.clock.now() + 60_000);
    app.source.hold();
    const reading = watch(app.read(key));
    await app.clock.advance(0);
    app.clock.setWall(app.clock.now() + stepMs);
    await app.clock.advance(1_999);
    expect(reading.state()).toBe('pending');
    await app.clock.advance(1);

    expect(reading.state()).toBe('rejected');
  });
});

describe('a wall clock that steps repeatedly', () => {
  const step = fc.record({
    stepMs: fc.integer({ min: -YEAR_MS, max: YEAR_MS }),
    passMs: fc.integer({ min: 0, max: 100_000 }),
  });

  it('never makes a read fail, and one lifetime after the last step every entry is new', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 8 }), async (moves) => {
        const app = await filledApplication();
        for (const { stepMs, passMs } of moves) {
          app.clock.setWall(app.clock.now() + stepMs);
          await app.clock.advance(passMs);
          await app.read(key);
        }
        app.source.put(key, 'new');
        await app.clock.advance(LIFETIMES.ttlMs + LIFETIMES.staleWhileRevalidateMs + 1);

        expect(textOf(await app.read(key))).toBe('new');
        expect(app.status.status().counts.failures).toBe(0);
        expect(app.clock.pendingTasks).toBe(0);
      }),
      { numRuns: 60 },
    );
  });
});
