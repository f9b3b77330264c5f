import { describe, expect, it } from '@jest/globals';
import { groupOf, keyOf, keysOf, textOf, watch } from '../support/application/create-application.ts';
import { createExtension, type ExtensionOptions } from '../support/application/create-extension.ts';

const key = keyOf('k');
const listed = keysOf(3);

/** Runs and waits for its first event; three keys are listed for the preload. */
const running = async (options: ExtensionOptions = {}) => {
  const app = createExtension({
    awaitsInvocation: true,
    groups: [groupOf('Products', {}, { keys: listed })],
    ...options,
  });
  for (const each of [key, ...listed]) app.source.put(each, 'v1');
  const run = app.extension.run();
  await app.events.whenAsked(1);
  const end = async () => {
    app.events.shutdown();
    await run;
  };
  return { ...app, end };
};

describe('a process under SnapStart', () => {
  it('asks the source and preloads only from the first invocation on', async () => {
    const app = await running();
    await app.clock.advance(60_000);
    expect(app.source.calls).toEqual([]);
    app.events.invoke();
    await app.events.whenAsked(2);

    expect(app.preload.progress()).toMatchObject([{ state: 'complete', entries: 3 }]);
    expect(app.source.countOf('readMany')).toBe(1);
    await app.end();
  });

  it('delays a reader that overtakes the first invocation, and answers it from the source', async () => {
    const app = await running();
    const reading = app.read(key);
    await app.clock.advance(249);
    expect(app.source.calls).toEqual([]);
    app.events.invoke();

    expect(textOf(await reading)).toBe('v1');
    await app.end();
  });

  it('rejects a reader that comes too early after 250 ms, without a backoff or an open circuit', async () => {
    const app = await running();
    for (let attempt = 1; attempt <= 4; attempt += 1) {
      const tooEarly = expect(app.read(key)).rejects.toMatchObject({
        code: 'upstream_unavailable',
        retryAfterMs: undefined,
      });
      await app.clock.advance(250);
      await tooEarly;
    }
    app.events.invoke();
    await app.events.whenAsked(2);

    // Neither the breaker nor a setback of the key stands in the way.
    expect(textOf(await app.read(key))).toBe('v1');
    expect(app.status.status().counts).toMatchObject({ sourceFailures: 0, failures: 4 });
    await app.end();
  });

  it('delays no invocation by more than 100 ms, even if the preload takes longer', async () => {
    const app = await running();
    const gate = app.source.hold();
    for (const asked of [1, 2, 3]) {
      app.events.invoke();
      await app.clock.advance(99);
      expect(app.events.asked).toBe(asked);
      await app.clock.advance(1);
      expect(app.events.asked).toBe(asked + 1);
    }
    gate.open();
    await app.clock.advance(0);
    app.events.invoke();
    await app.events.whenAsked(5);

    expect(app.preload.progress()).toMatchObject([{ state: 'complete', entries: 3 }]);
    await app.end();
  });

  it('continues the preload after freezes that are longer than its time-out', async () => {
    const app = await running({ preloadTimeoutMs: 1_000 });
    const gate = app.source.hold();
    app.events.invoke();
    await app.clock.advance(100);
    app.clock.freeze(3_600_000);
    app.source.hold().open();
    app.events.invoke();
    await app.clock.advance(100);
    gate.open();
    await app.clock.advance(100);

    expect(app.preload.progress()).toMatchObject([{ state: 'complete', entries: 3 }]);
    await app.end();
  });

  it('preloads once, not at every invocation', async () => {
    const app = await running();
    for (const asked of [2, 3, 4]) {
      app.events.invoke();
      await app.events.whenAsked(asked);
    }

    expect(app.source.countOf('readMany')).toBe(1);
    await app.end();
  });

  it('shuts down without ever having been invoked', async () => {
    const app = await running();
    const reading = watch(app.read(key));
    await app.end();

    expect(reading.state()).toBe('pending');
    expect(app.source.calls).toEqual([]);
  });
});
