import { describe, expect, it } from '@jest/globals';
import type { EntryKey } from '../../../src/domain/cache/cache-entry.ts';
import { SourceTimeoutError } from '../../../src/domain/cache/errors.ts';
import { hashOf } from '../../../src/domain/cache/journal-page.ts';
import { createCoherent, filledCoherent } from '../../support/application/coherent-application.ts';
import {
  ANY,
  keyOf,
  keysOf,
  PLAIN,
  textOf,
  throttled,
  unreachable,
} from '../../support/application/create-application.ts';
import type { FakeClock } from '../../support/fakes/fake-clock.ts';
import { InMemoryJournal } from '../../support/fakes/in-memory-journal.ts';

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

  it.each([
    ['in the same millisecond', 0],
    ['in the next one', 1],
  ])('awaits nothing for a hit that follows another one %s', async (_, ms) => {
    const app = await filledCoherent();
    await app.clock.advance(1_000);
    await app.read();
    app.clock.freeze(ms);

    expect(app.reader.read(k, want)).not.toBeInstanceOf(Promise);
  });

  it('leaves a group without a journal alone', async () => {
    const app = createCoherent({ preload: true, coherence: { Products: 'invocation', Slow: 'ttl' } });
    const key = keyOf('k', 'Slow');
    app.source.put(key, 'v1');
    app.journal.throttle();
    app.invoke();
    const preloading = app.preload.run();
    await app.clock.advance(0);
    await preloading;

    expect(app.preload.progress().find(({ group }) => group === 'Slow')).toMatchObject({ entries: 1 });
    expect(await app.read(key)).toEqual(['v1', 'memory']);
    expect(await app.read(keyOf('other', 'Slow'))).toEqual([undefined, 'origin']);
    expect(await app.read(keyOf('other', 'Slow'))).toEqual([undefined, 'memory']);
    expect(app.recentWrites.isGroupRecent('Slow')).toBe(false);
  });

  it('checks each journal in which a scope of this name is announced', async () => {
    const again = new InMemoryJournal();
    const app = createCoherent({
      coherence: { Products: 'invocation', Again: 'invocation' },
      places: { Again: { journal: again } },
    });
    app.invoke();
    for (const group of ['Products', 'Again']) await app.read(keyOf('k', group));

    expect([app.journal.countOf('check'), again.countOf('check')]).toEqual([1, 1]);
  });

  it('keeps what it has on the pages of a journal on which nothing was announced', async () => {
    const app = await filledCoherent();
    // On four pages, so that each has some.
    for (const key of keysOf(20)) await app.writeElsewhere('v1', false, key);
    app.invoke();
    await app.read();
    app.invoke();

    expect(await app.read()).toEqual(['v1', 'memory']);
    expect(app.status.status().coherence).toMatchObject({ changedKeys: 20 });
  });

  it('counts the stripes that changed if more keys were announced than a page lists', async () => {
    const app = await filledCoherent();
    for (let count = 0; count < 100; count += 1) await app.writeElsewhere('v2');
    app.invoke();

    expect(await app.read()).toEqual(['v2', 'origin']);
    expect(app.status.status().coherence).toMatchObject({ changedKeys: 0, changedStripes: 1 });
  });

  it('lets the readers of other scopes share a read when it learns of a change', async () => {
    const app = createCoherent({
      coherence: { Products: '100ms', Others: '60s' },
      places: { Others: { scope: 'others' } },
    });
    const other = keyOf('k', 'Others');
    for (const key of [k, other]) await app.read(key);
    const held = app.source.hold();
    const first = app.read(keyOf('held', 'Others'));
    await held.arrived();
    await app.announceEverything();
    await app.clock.advance(100);
    const learning = app.read();
    await app.clock.advance(0);
    const second = app.read(keyOf('held', 'Others'));
    held.open();
    await Promise.all([first, learning, second]);

    expect(app.status.status().coherence).toMatchObject({ checks: 3 });
    expect(app.source.calls).toHaveLength(4);
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

  it('counts failed checks, and the reads that do not use memory because of them', async () => {
    const app = await filledCoherent();
    app.journal.throttle();
    app.invoke();
    for (let count = 0; count < 2; count += 1) await app.read();

    expect(app.status.status().coherence).toMatchObject({ checks: 2, failedChecks: 1, bypassedReads: 2 });
  });

  it('logs once that the journal cannot be read, with the scope and the cause, and once that it answers', async () => {
    const app = await filledCoherent();
    app.journal.hang();
    app.invoke();
    for (let count = 0; count < 2; count += 1) {
      const reading = Promise.resolve(app.reader.read(k, want));
      await app.clock.advance(2_000);
      await reading;
    }
    app.journal.heal();
    await app.read();
    await app.read();

    const scope = 'eu-west-1/Products';
    expect(app.logger.at('warn')).toMatchObject([
      {
        message: 'the journal cannot be read: until it answers again, reads of these items go to the source',
        fields: { scope, error: new SourceTimeoutError('the journal did not answer within 1000 ms') },
      },
      { message: 'the journal answers again', fields: { scope } },
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
    await app.clock.advance(5_000);
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

  it('blames a journal that had 100 ms to answer', async () => {
    const app = await filledCoherent();
    app.journal.hang();
    app.invoke(200);
    void app.reader.read(k, want);
    await app.clock.advance(100);

    expect(app.logger.at('warn')).toHaveLength(1);
  });

  it('blames a journal whose check failed in a later invocation that has not checked it', async () => {
    const app = await filledCoherent({ coherence: { Products: '100ms' } });
    await app.clock.advance(100);
    app.journal.failNext(throttled(), 'check');
    const held = app.journal.hold('check');
    void app.reader.read(k, want);
    await held.arrived();
    app.invoke();
    held.open();
    await app.clock.advance(0);

    expect(app.logger.at('warn')).toHaveLength(1);
  });

  it('does not blame the journal at the end of an invocation', async () => {
    const app = await filledCoherent();
    app.journal.hang();
    app.invoke(50);
    void app.reader.read(k, want);
    await app.clock.advance(1);

    expect(app.logger.at('warn')).toEqual([]);
  });

  it('checks again in the next invocation after a check that failed at the end of one', async () => {
    const app = await filledCoherent({ coherence: { Products: '1s' } });
    await app.clock.advance(1_000);
    app.journal.hang();
    app.invoke(150);
    void app.reader.read(k, want);
    await app.clock.advance(50);
    app.journal.heal();
    app.invoke();

    expect(await app.read()).toEqual(['v1', 'memory']);
  });

  it('checks again after a check failed and an earlier one succeeded late', async () => {
    const app = await filledCoherent();
    const late = app.journal.hold('check');
    app.invoke();
    await late.arrived();
    app.journal.failNext(throttled(), 'check');
    app.journal.hold('check').open();
    app.invoke();
    await app.read();
    late.open();
    await app.clock.advance(0);

    expect(await app.read()).toEqual(['v1', 'memory']);
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

  it('serves no negative entry if neither the source nor the journal answers', async () => {
    const app = createCoherent();
    app.invoke();
    expect(await app.read()).toEqual([undefined, 'origin']);
    app.journal.throttle();
    app.source.failWith(unreachable());
    app.invoke();

    await expect(Promise.resolve(app.reader.read(k, want))).rejects.toMatchObject({
      code: 'upstream_unavailable',
    });
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

  it.each([
    ['the wall clock', (clock: FakeClock) => clock.setWall(clock.now() + 5)],
    ['the monotonic clock', (clock: FakeClock) => clock.stepMonotonic(5)],
  ])('lets no read overtake an INVOKE event after a pause by %s alone', async (_, pause) => {
    const app = await filledCoherent();
    await app.writeElsewhere('v2');
    pause(app.clock);
    const reading = Promise.resolve(app.reader.read(k, want));
    app.invoke();
    await app.clock.advance(0);

    expect(textOf(await reading)).toBe('v2');
  });

  it('serves no stale item to a read that arrives before its INVOKE event, if the deadline before has passed', async () => {
    const app = await filledCoherent();
    app.invoke(1_000);
    await app.read();
    await app.writeElsewhere('v2');
    await app.clock.advance(1_001);

    expect(await app.read()).toEqual(['v2', 'origin']);
    const checks = app.journal.countOf('check');
    expect(await app.read()).toEqual(['v2', 'memory']);
    expect(app.journal.countOf('check')).toBe(checks);
  });

  it('checks no second time after a pause within the deadline of the invocation', async () => {
    const app = await filledCoherent();
    app.invoke(1_000);
    await app.read();
    await app.clock.advance(1_000);
    await app.read();

    expect(app.journal.countOf('check')).toBe(2);
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

  it.each(['a key', 'everything'])(
    'learns of a change of %s from the late answer to a check, although a later check has been answered',
    async (changed) => {
      const app = await filledCoherent({ coherence: { Products: '100ms' } });
      const announce = () => (changed === 'everything' ? app.announceEverything() : app.writeElsewhere('v1'));
      await announce();
      await app.clock.advance(100);
      await app.read();
      const late = app.journal.hold('check');
      await app.clock.advance(100);
      const waiting = Promise.resolve(app.reader.read(k, want));
      await late.arrived();
      app.journal.hold('check').open();
      await app.clock.advance(100);
      expect(await app.read()).toEqual(['v1', 'memory']);
      await announce();
      late.open();
      await app.clock.advance(0);

      expect((await waiting).cache).toMatchObject({ source: 'origin' });
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

  it('keeps no answer in the window after the journal was deleted: a write may have been announced in it', async () => {
    const app = await filledCoherent();
    await app.writeElsewhere('v2', false, keyOf('other'));
    app.invoke();
    await app.read();
    app.journal.reset();
    app.invoke();
    await app.read();
    expect(await app.read()).toEqual(['v1', 'origin']);
    await app.clock.advance(10_000);
    await app.read();

    expect(await app.read()).toEqual(['v1', 'memory']);
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

  it.each([
    ['another index', keyOf('k4'), 4],
    ['another number of pages', keyOf('k0'), 8],
  ])('drops everything when the restored journal lacks a page of %s', async (_, key, pages) => {
    const app = await filledCoherent();
    const announce = (changed: EntryKey, writer: InMemoryJournal) => {
      const announcement = { scope: 'eu-west-1/Products', isUnknown: false, at: app.clock.now() };
      return writer.announce({ ...announcement, changed: [hashOf(changed)] }, new AbortController().signal);
    };
    const [known] = await announce(keyOf('k0'), app.journal.another());
    const restore = app.journal.backUp();
    const [lost] = await announce(key, app.journal.another({ pages }));
    expect([known?.pages === lost?.pages, known?.index === lost?.index]).toEqual([pages === 4, pages !== 4]);
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
    await app.writes.begin([{ group: 'Products', key: keyOf('other') }]).end('applied');
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
