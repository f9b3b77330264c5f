import { describe, expect, it } from '@jest/globals';
import { createCoherent, filledCoherent } from '../../support/application/coherent-application.ts';
import {
  ANY,
  keyOf,
  PLAIN,
  textOf,
  throttled,
  unreachable,
} from '../../support/application/create-application.ts';

const k = keyOf('k');
const want = { contentType: PLAIN, freshness: ANY };

describe('CoherenceGate', () => {
  it('lets a read wait for the check of its invocation, and shows what was announced before it', async () => {
    const app = await filledCoherent();
    await app.writeElsewhere('v2');
    app.invoke();

    expect(await app.read()).toEqual(['v2', 'origin']);
  });

  it('answers from memory within an invocation and after a check without a change, with one check each', async () => {
    const app = await filledCoherent();
    expect(await app.read()).toEqual(['v1', 'memory']);
    await app.writeElsewhere('v2', false, keyOf('other'));
    app.invoke();

    expect(await app.read()).toEqual(['v1', 'memory']);
    expect(await app.read()).toEqual(['v1', 'memory']);
    expect(app.journal.countOf('check')).toBe(2);
  });

  it('awaits nothing for a hit while its check is valid', async () => {
    const app = await filledCoherent();

    expect(app.reader.read(k, want)).not.toBeInstanceOf(Promise);
  });

  it('drops every key after an announcement that anything may have changed', async () => {
    const app = await filledCoherent();
    await app.announceEverything();
    app.invoke();

    expect(await app.read()).toEqual(['v1', 'origin']);
  });

  it('shares one check among concurrent reads and the groups of one scope', async () => {
    const app = createCoherent({ coherence: { Products: 'invocation', Again: 'invocation' } });
    app.invoke();
    const held = app.journal.hold('check');
    const reads = [k, keyOf('other'), keyOf('k', 'Again')].map((key) => app.read(key));
    await held.arrived();
    held.open();
    await Promise.all(reads);

    expect(app.journal.countOf('check')).toBe(1);
    expect(app.status.status().coherence).toMatchObject({ checks: 1, failedChecks: 0, bypassedReads: 0 });
  });

  it('reads consistently after a change, until an eventually consistent read cannot miss it', async () => {
    const app = await filledCoherent();
    await app.clock.advance(10_000);
    await app.writeElsewhere('v2');
    app.invoke();
    await app.read();
    await app.clock.advance(59_000);
    await app.clock.advance(10_000);
    app.invoke();
    await app.read();

    expect(app.source.calls.map(({ want: { consistent } }) => consistent === true)).toEqual([
      true,
      true,
      false,
    ]);
  });

  it('keeps no answer in the window after a write of unknown outcome elsewhere', async () => {
    const app = await filledCoherent();
    await app.writeElsewhere('v1', true);
    app.invoke();
    expect(await app.read()).toEqual(['v1', 'origin']);
    expect(await app.read()).toEqual(['v1', 'origin']);
    await app.clock.advance(10_000);
    await app.read();

    expect(await app.read()).toEqual(['v1', 'memory']);
  });

  it.each([
    ['was announced just before', 0, 'origin'],
    ['may still be applied, if the clocks differ by ten seconds', 19_999, 'origin'],
    ['cannot be applied any more', 20_000, 'memory'],
  ])('keeps the first answers unless a write of unknown outcome %s', async (_, agoMs, source) => {
    const app = createCoherent();
    await app.writeElsewhere('v1', true);
    await app.announceEverything();
    await app.clock.advance(agoMs);
    app.invoke();
    await app.read();

    expect(await app.read()).toEqual(['v1', source]);
  });

  it('keeps no first answer if a write of unknown outcome was announced for another key', async () => {
    const app = createCoherent();
    app.source.put(k, 'v1');
    await app.writeElsewhere('v1', true, keyOf('other'));
    app.invoke();
    await app.read();

    expect(await app.read()).toEqual(['v1', 'origin']);
  });

  it('keeps the first answers after writes of known outcome', async () => {
    const app = createCoherent();
    await app.writeElsewhere('v1');
    app.invoke();
    await app.read();

    expect(await app.read()).toEqual(['v1', 'memory']);
    expect(app.status.status().coherence).toMatchObject({ changedKeys: 0, changedStripes: 0 });
  });

  it('asks the source consistently while the journal fails, without a wait, and recovers after a second', async () => {
    const app = await filledCoherent();
    app.journal.throttle();
    app.invoke();
    app.source.put(k, 'v2');
    expect(await app.read()).toEqual(['v2', 'origin']);
    app.source.put(k, 'v3');
    expect(await app.read()).toEqual(['v3', 'origin']);
    expect(app.journal.countOf('check')).toBe(2);

    app.journal.heal();
    await app.writeElsewhere('v4');
    await app.clock.advance(1_000);
    expect(await app.read()).toEqual(['v4', 'origin']);
    expect(await app.read()).toEqual(['v4', 'memory']);
    expect(app.journal.countOf('check')).toBe(3);
    expect(app.source.calls.every(({ want: { consistent } }) => consistent === true)).toBe(true);
    expect(app.logger.at('warn').map(({ message }) => message)).toEqual([
      'the journal cannot be read: until it answers again, reads of these items go to the source',
      'the journal answers again',
    ]);
  });

  it('tries a failing journal once a second, even if a check takes longer', async () => {
    const app = await filledCoherent();
    app.journal.throttle();
    app.invoke();
    await app.read();
    app.journal.hang();
    await app.clock.advance(1_000);
    await app.read();
    await app.read();

    expect(app.journal.countOf('check')).toBe(3);
  });

  it.each([
    ['the time that they took', 30, 0],
    ['no time after a step back of the clock', 0, -1_000],
  ])('counts checks, and %s', async (_, checkMs, stepMs) => {
    const app = createCoherent();
    const held = app.journal.hold('check');
    app.invoke();
    const reading = app.read();
    await held.arrived();
    await app.clock.advance(checkMs);
    app.clock.stepMonotonic(stepMs);
    held.open();
    await reading;

    expect(app.status.status().coherence).toMatchObject({ checks: 1, checkMs });
  });

  it('waits at most a second for a journal that does not answer', async () => {
    const app = await filledCoherent();
    app.journal.hang();
    app.invoke();
    const reading = Promise.resolve(app.reader.read(k, want));
    await app.clock.advance(999);
    expect(app.source.calls).toHaveLength(1);
    await app.clock.advance(1);

    expect((await reading).cache).toMatchObject({ source: 'origin', reason: 'journal-unavailable' });
  });

  it('blames a journal that did not answer until a short invocation had to end', async () => {
    const app = await filledCoherent();
    app.journal.hang();
    app.invoke(500);
    void app.reader.read(k, want);
    await app.clock.advance(400);
    app.invoke(500);

    expect(await app.read()).toEqual(['v1', 'origin']);
  });

  it('does not blame the journal at the end of an invocation', async () => {
    const app = await filledCoherent();
    app.journal.hang();
    app.invoke(50);
    void app.reader.read(k, want);
    await app.clock.advance(1);

    expect(app.logger.at('warn')).toEqual([]);
  });

  it('does not share a read that began before an unknown write while the journal fails', async () => {
    const app = createCoherent();
    app.source.put(k, 'v1');
    app.journal.throttle();
    app.invoke();
    const held = app.source.hold();
    const first = app.read();
    await held.arrived();
    app.source.put(k, 'v2');
    app.invoke();
    const second = app.read();
    await app.clock.advance(0);
    held.open();

    expect(await Promise.all([first, second])).toEqual([
      ['v1', 'origin'],
      ['v2', 'origin'],
    ]);
  });

  it('does not share a read that began before a change was learned of', async () => {
    const app = createCoherent({ coherence: { Products: '100ms' } });
    app.source.put(k, 'v1');
    const held = app.source.hold();
    const first = app.read();
    await held.arrived();
    await app.writeElsewhere('v2');
    await app.clock.advance(100);
    const second = app.read();
    await app.clock.advance(0);
    held.open();

    expect(await Promise.all([first, second])).toEqual([
      ['v1', 'origin'],
      ['v2', 'origin'],
    ]);
  });

  it('serves what may be out of date only if neither the source nor the journal answers', async () => {
    const app = await filledCoherent();
    app.journal.throttle();
    app.source.failWith(unreachable());
    app.invoke();
    const result = await Promise.resolve(app.reader.read(k, want));

    expect(textOf(result)).toBe('v1');
  });

  it('lets no read of a turn overtake an INVOKE event that has arrived', async () => {
    const app = await filledCoherent();
    await app.writeElsewhere('v2');
    await app.clock.advance(5);
    const reads = [k, keyOf('other'), k].map((key) => Promise.resolve(app.reader.read(key, want)));
    app.invoke();
    await app.clock.advance(0);

    expect((await Promise.all(reads)).map(textOf)).toEqual(['v2', undefined, 'v2']);
  });

  it('starts the check at INVOKE if there were reads in the invocation before, and only then', async () => {
    const app = await filledCoherent();
    app.invoke();
    expect(app.journal.countOf('check')).toBe(2);
    await app.clock.advance(0);
    app.invoke();
    app.invoke();

    expect(app.journal.countOf('check')).toBe(2);
  });

  it('starts no check at INVOKE for a group that is checked at an interval', async () => {
    const app = await filledCoherent({ coherence: { Products: '60s' } });
    app.invoke();

    expect(app.journal.countOf('check')).toBe(1);
  });

  it('does not take a check that was frozen for a failure of the journal', async () => {
    const app = await filledCoherent();
    app.journal.failNext(throttled(), 'check');
    const frozen = app.journal.hold('check');
    app.invoke();
    void app.reader.read(k, want);
    await frozen.arrived();
    const next = app.journal.hold('check');
    app.clock.freeze(5_000);
    app.invoke();
    frozen.open();
    await app.clock.advance(0);
    next.open();

    expect(await app.read()).toEqual(['v1', 'memory']);
    expect(app.logger.at('warn')).toEqual([]);
  });

  it('does not blame the journal for the failure of a check if it has answered a later one', async () => {
    const app = createCoherent({ coherence: { Products: '100ms' } });
    app.journal.failNext(throttled(), 'check');
    const first = app.journal.hold('check');
    void app.reader.read(k, want);
    await first.arrived();
    app.journal.hold('check').open();
    await app.clock.advance(100);
    await app.read();
    first.open();

    expect(await app.read()).toEqual([undefined, 'memory']);
    expect(app.logger.at('warn')).toEqual([]);
  });

  it.each(['a key', 'everything'])(
    'ignores the late answer of a check if a later one has shown a change of %s',
    async (changed) => {
      const app = await filledCoherent({ coherence: { Products: '100ms' } });
      const announce = () => (changed === 'everything' ? app.announceEverything() : app.writeElsewhere('v1'));
      await announce();
      await app.clock.advance(100);
      await app.read();
      const late = app.journal.holdAnswers('check');
      await app.clock.advance(100);
      void app.reader.read(k, want);
      await late.arrived();
      await announce();
      app.journal.hold('check').open();
      await app.clock.advance(100);
      expect(await app.read()).toEqual(['v1', 'origin']);
      late.open();
      await app.clock.advance(0);

      expect(await app.read()).toEqual(['v1', 'memory']);
      expect(app.source.calls).toHaveLength(3);
      expect(app.journal.countOf('check')).toBe(4);
    },
  );

  it.each([
    [
      'the wall clock',
      (clock: { setWall: (ms: number) => void; now: () => number }) => clock.setWall(clock.now() + 1_000),
    ],
    ['the monotonic clock', (clock: { stepMonotonic: (ms: number) => void }) => clock.stepMonotonic(1_000)],
  ])('ends an interval by %s alone', async (_, step) => {
    const app = await filledCoherent({ coherence: { Products: '1s' } });
    await app.writeElsewhere('v2');
    expect(await app.read()).toEqual(['v1', 'memory']);
    step(app.clock);

    expect(await app.read()).toEqual(['v2', 'origin']);
  });

  it('checks every 100 ms instead of once per invocation where there are no INVOKE events', async () => {
    const app = await filledCoherent();
    app.coherence?.expectNoInvocations();
    await app.writeElsewhere('v2');
    await app.clock.advance(99);
    expect(await app.read()).toEqual(['v1', 'memory']);
    await app.clock.advance(1);

    expect(await app.read()).toEqual(['v2', 'origin']);
  });

  it('keeps the interval of a group where there are no INVOKE events', async () => {
    const app = await filledCoherent({ coherence: { Products: '1s' } });
    app.coherence?.expectNoInvocations();
    await app.writeElsewhere('v2');
    await app.clock.advance(999);
    expect(await app.read()).toEqual(['v1', 'memory']);
    await app.clock.advance(1);

    expect(await app.read()).toEqual(['v2', 'origin']);
  });

  it('drops everything when the journal was deleted, or made again', async () => {
    const app = await filledCoherent();
    await app.writeElsewhere('v2', false, keyOf('other'));
    app.invoke();
    await app.read();
    app.journal.reset();
    app.invoke();
    expect(await app.read()).toEqual(['v1', 'origin']);
  });

  it('drops everything when an older state of the journal was restored', async () => {
    const app = await filledCoherent();
    await app.writeElsewhere('v1', false, keyOf('other'));
    const restore = app.journal.backUp();
    await app.writeElsewhere('v1', false, keyOf('other'));
    app.invoke();
    expect(await app.read()).toEqual(['v1', 'memory']);
    restore();
    app.invoke();

    expect(await app.read()).toEqual(['v1', 'origin']);
  });

  it('drops everything if a check finds a new journal, although an announcement was answered before it', async () => {
    const app = await filledCoherent();
    for (let count = 0; count < 3; count += 1) await app.writeElsewhere('v1', false, keyOf('other'));
    app.invoke();
    await app.read();
    const held = app.journal.hold('check');
    app.invoke();
    await held.arrived();
    await app.writes.begin([{ group: 'Products', key: keyOf('other') }]).end('known');
    app.journal.reset();
    await app.writeElsewhere('v1', false, keyOf('other'));
    held.open();

    expect(await app.read()).toEqual(['v1', 'origin']);
  });

  it('does not ask the journal before the first invocation under SnapStart', async () => {
    const app = createCoherent({ awaitsInvocation: true });
    void Promise.resolve(app.reader.read(k, want)).catch(() => undefined);
    app.coherence?.beginInvocation();
    await app.clock.advance(0);
    expect(app.journal.calls).toEqual([]);

    app.gate.open();
    app.invoke();
    await app.read();
    expect(app.journal.countOf('check')).toBe(1);
    expect(app.journal.dropped).toBe(1);
  });

  it('preloads after a check, however long that took', async () => {
    const app = createCoherent({ preload: true, coherence: { Products: '100ms' } });
    app.source.put(k, 'v1');
    const held = app.journal.hold('check');
    const preloading = app.preload.run();
    await held.arrived();
    await app.clock.advance(200);
    expect(app.source.calls).toEqual([]);
    held.open();
    await preloading;

    expect(app.preload.progress()).toMatchObject([{ state: 'complete', entries: 1 }]);
  });

  it('preloads nothing if the journal does not answer', async () => {
    const app = createCoherent({ preload: true });
    app.journal.throttle();
    const preloading = app.preload.run();
    await app.clock.advance(0);
    await preloading;

    expect(app.preload.progress()).toMatchObject([{ state: 'failed', reason: 'journal_unavailable' }]);
  });
});
