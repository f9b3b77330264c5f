import { describe, expect, it } from '@jest/globals';
import {
  ANY,
  createApplication,
  keyOf,
  keysOf,
  NO_CACHE,
  PLAIN,
  TYPED,
  textOf,
  unavailable,
  watch,
} from '../../support/application/create-application.ts';

const key = keyOf('k');

describe('SingleFlight', () => {
  it('shares a read with a reader of another content type only if the read requests that type', async () => {
    const { read, source } = createApplication();
    source.put(key, { [PLAIN]: 'plain', [TYPED]: 'typed' });
    const gate = source.hold();
    const plain = read(key);
    await gate.arrived();
    const typed = [read(key, ANY, TYPED), read(key, ANY, TYPED)];
    const more = read(key);
    gate.open();

    expect(textOf(await plain)).toBe('plain');
    expect((await Promise.all(typed)).map(textOf)).toEqual(['typed', 'typed']);
    expect(textOf(await more)).toBe('plain');
    expect(source.calls.map(({ want }) => want.contentTypes)).toEqual([[PLAIN], [PLAIN, TYPED]]);
  });

  it('adds a content type to a read that has not been asked yet', async () => {
    const { read, source, clock } = createApplication({ maxSourceReads: 1 });
    source.put(key, { [PLAIN]: 'plain', [TYPED]: 'typed' });
    const gate = source.hold();
    const blocking = read(keyOf('other'));
    await gate.arrived();
    const readings = [read(key), read(key, ANY, TYPED)];
    await clock.advance(0);
    gate.open();

    await blocking;
    expect((await Promise.all(readings)).map(textOf)).toEqual(['plain', 'typed']);
    expect(source.countOf('read')).toBe(2);
  });

  it('starts the queued read after the running one has failed', async () => {
    const { read, source } = createApplication();
    source.put(key, 'v1');
    source.failNext(unavailable());
    const gate = source.hold();
    const failing = expect(read(key)).rejects.toMatchObject({ code: 'upstream_unavailable' });
    await gate.arrived();
    const queued = read(key, NO_CACHE);
    gate.open();

    await failing;
    expect(textOf(await queued)).toBe('v1');
  });

  it('does not share a read that was asked before a write of unknown outcome was sure to be applied', async () => {
    const { read, source, writes } = createApplication();
    source.put(key, 'v1');
    writes.begin([{ group: key.group, key }]).end('unknown');
    const gate = source.hold();
    const early = read(key);
    await gate.arrived();
    source.put(key, 'v2');
    const late = read(key);
    gate.open();

    await early;
    expect(textOf(await late)).toBe('v2');
    expect(source.countOf('read')).toBe(2);
  });

  it('does not supersede a read that has not been asked yet', async () => {
    const { read, source, invalidator, clock } = createApplication({ maxSourceReads: 1 });
    source.put(key, 'v1');
    const gate = source.hold();
    const blocking = read(keyOf('other'));
    await gate.arrived();
    const first = read(key);
    await clock.advance(0);
    invalidator.invalidate(key);
    const second = read(key);
    gate.open();
    await Promise.all([blocking, first, second]);

    expect(await first).toMatchObject({ cache: { stored: true } });
    expect(source.countOf('read')).toBe(2);
  });

  it('shares a refresh with readers and with another refresh of the key', async () => {
    const { singleFlight, read, source } = createApplication();
    source.put(key, 'v1');
    const gate = source.hold();
    const refreshes = [singleFlight.refresh(key), singleFlight.refresh(key)];
    await gate.arrived();
    const reading = read(key);
    gate.open();
    await Promise.all(refreshes);

    expect(await reading).toMatchObject({ cache: { collapsed: true } });
    expect(source.countOf('read')).toBe(1);
  });

  it('does not reject when a refresh fails', async () => {
    const { singleFlight, source } = createApplication();
    source.failWith(unavailable());

    await expect(singleFlight.refresh(key)).resolves.toBeUndefined();
  });
});

describe('a frozen read', () => {
  it('is asked again if a reader waits, and its old answer is dropped', async () => {
    const { singleFlight, read, source, clock, store } = createApplication();
    source.put(key, 'v1');
    source.hold();
    const reading = read(key);
    await clock.advance(0);
    const [call] = source.calls;
    source.put(key, 'v2');
    source.hold().open();
    clock.freeze(1_000);
    singleFlight.abandonFrozen();

    expect(textOf(await reading)).toBe('v2');
    expect(call?.want.signal.aborted).toBe(true);
    expect(store.get(key)?.storedAt).toBe(clock.now());
  });

  it('is not asked again if no reader waits', async () => {
    const { singleFlight, source, clock, store } = createApplication();
    source.put(key, 'v1');
    source.hold();
    const refreshing = singleFlight.refresh(key);
    await clock.advance(0);
    clock.freeze(1_000);
    singleFlight.abandonFrozen();
    await refreshing;

    expect(source.countOf('read')).toBe(1);
    expect(store.get(key)).toBeUndefined();
  });

  it('does not delay a reader that arrives later', async () => {
    const { singleFlight, read, source, clock } = createApplication();
    source.put(key, 'v1');
    source.hold();
    const refreshing = singleFlight.refresh(key);
    await clock.advance(0);
    clock.freeze(1_000);
    source.hold().open();
    singleFlight.abandonFrozen();
    const reading = read(key);

    await refreshing;
    expect(textOf(await reading)).toBe('v1');
    expect(source.countOf('read')).toBe(2);
  });

  it.each([
    [0, 1],
    [500, 1],
    [501, 2],
  ])('is distinguished from a recent one: after %d ms the source was asked %d times', async (ms, asked) => {
    const { singleFlight, read, source, clock } = createApplication();
    source.hold();
    void read(key);
    await clock.advance(ms);
    source.hold().open();
    singleFlight.abandonFrozen();
    await clock.advance(0);

    expect(source.countOf('read')).toBe(asked);
  });

  it('is not a read that still waits for admission', async () => {
    const { singleFlight, read, source, clock } = createApplication({ maxSourceReads: 1 });
    source.put(key, 'v1');
    const gate = source.hold();
    const blocking = read(keyOf('other'));
    await gate.arrived();
    const waiting = singleFlight.refresh(key);
    await clock.advance(100);
    singleFlight.abandonFrozen();
    gate.open();
    await Promise.all([blocking, waiting]);

    expect(source.countOf('read')).toBe(2);
  });

  it('is also recognised when the clock is set back', async () => {
    const { singleFlight, read, source, clock } = createApplication();
    source.hold();
    const reading = read(key);
    await clock.advance(0);
    clock.setWall(clock.now() - 5_000);
    source.hold().open();
    singleFlight.abandonFrozen();

    await reading;
    expect(source.countOf('read')).toBe(2);
  });

  it('does not count as a failure of the source, although its time-out fires at the thaw', async () => {
    const { singleFlight, read, source, clock, status } = createApplication();
    source.hold();
    const refreshes = keysOf(3, 'behind').map((each) => singleFlight.refresh(each));
    source.put(key, 'v1');
    const reading = read(key);
    await clock.advance(0);
    clock.freeze(60_000);
    source.hold().open();
    await clock.advance(0);
    await Promise.all(refreshes);

    expect(textOf(await reading)).toBe('v1');
    expect(await read(keyOf('other'))).toMatchObject({ outcome: 'absent' });
    expect(status.status().counts).toMatchObject({ failures: 0, sourceFailures: 0 });
  });

  it('keeps its queued read', async () => {
    const { singleFlight, read, source, clock } = createApplication();
    source.put(key, 'v1');
    source.hold();
    const first = watch(read(key));
    await clock.advance(0);
    const queued = read(key, NO_CACHE);
    clock.freeze(1_000);
    source.hold().open();
    singleFlight.abandonFrozen();

    expect(textOf(await queued)).toBe('v1');
    expect(first.state()).toBe('resolved');
    expect(source.countOf('read')).toBe(3);
  });
});
