import { describe, expect, it } from '@jest/globals';
import {
  ANY,
  type Application,
  createApplication,
  fill,
  groupOf,
  keyOf,
  keysOf,
  maxAge,
  NO_CACHE,
  ONLY_IF_CACHED,
  PLAIN,
  textOf,
  unreachable,
} from '../../support/application/create-application.ts';

const key = keyOf('k');

const loseContact = async ({ source, read }: Application, times = 3) => {
  source.failWith(unreachable());
  for (const each of keysOf(times, 'lost')) await read(each).catch(() => undefined);
};

describe('a group whose circuit is open', () => {
  it('returns stale hits, or 503, at once without an upstream call', async () => {
    const app = createApplication();
    await fill(app, key);
    await app.clock.advance(90_001);
    await loseContact(app);
    const asked = app.source.calls.length;

    expect(app.reader.read(key, { contentType: PLAIN, freshness: ANY })).toMatchObject({
      cache: { source: 'memory', stale: 'stale-if-error' },
    });
    for (const freshness of [ANY, NO_CACHE, maxAge(1)]) {
      await expect(app.read(keyOf('unknown'), freshness)).rejects.toMatchObject({
        code: 'upstream_unavailable',
        retryAfterMs: 1_000,
      });
    }
    expect(app.source.calls).toHaveLength(asked);
  });

  it('makes no call between two probes', async () => {
    const app = createApplication();
    await loseContact(app);
    await app.clock.advance(999);

    expect(() => app.reader.read(key, { contentType: PLAIN, freshness: ANY })).toThrow(
      'probed once a second',
    );
    expect(app.singleFlight.isReading(key)).toBe(false);
  });

  it('does the same after time-outs', async () => {
    const app = createApplication();
    app.source.hold();
    const readings = keysOf(3).map((each) => app.read(each).catch(({ code }) => code));
    await app.clock.advance(2_000);
    expect(await Promise.all(readings)).toEqual(Array(3).fill('upstream_timeout'));

    await expect(app.read(key)).rejects.toMatchObject({ code: 'upstream_unavailable' });
    expect(app.source.countOf('read')).toBe(3);
  });

  it('leaves calls for other groups running', async () => {
    const app = createApplication({ groups: [groupOf('Products'), groupOf('Orders')] });
    await loseContact(app);
    app.source.heal();

    expect(await app.read(keyOf('k', 'Orders'))).toMatchObject({ outcome: 'absent' });
  });

  it('is probed in the background for a reader without an entry, which does not wait', async () => {
    const app = createApplication();
    await loseContact(app);
    const asked = app.source.calls.length;
    await app.clock.advance(1_000);
    const gate = app.source.hold();

    await expect(app.read(key)).rejects.toMatchObject({ code: 'upstream_unavailable' });
    await gate.arrived();
    await expect(app.read(keyOf('other'))).rejects.toMatchObject({ code: 'upstream_unavailable' });
    expect(app.source.calls).toHaveLength(asked + 1);
  });

  it('is probed after a quiet time by the first reader without a stale entry, and recovers with its answer', async () => {
    const app = createApplication();
    await loseContact(app);
    const asked = app.source.calls.length;
    app.source.heal();
    app.source.put(key, 'v1');
    await app.clock.advance(5_000);
    const gate = app.source.hold();
    const probing = app.read(key);
    await gate.arrived();
    await expect(app.read(keyOf('other'))).rejects.toMatchObject({ code: 'upstream_unavailable' });
    expect(app.source.calls).toHaveLength(asked + 1);
    gate.open();

    expect(textOf(await probing)).toBe('v1');
    expect(await app.read(keyOf('other'))).toMatchObject({ outcome: 'absent' });
  });

  it('is probed by only one of several concurrent readers after a quiet time', async () => {
    const app = createApplication();
    await loseContact(app);
    app.source.heal();
    await app.clock.advance(5_000);
    const codes = await Promise.all(
      keysOf(3).map((each) =>
        app.read(each).then(
          ({ outcome }) => outcome,
          ({ code }) => code,
        ),
      ),
    );

    expect(codes).toEqual(['absent', 'upstream_unavailable', 'upstream_unavailable']);
  });

  it('is probed in the background for a reader with a stale entry', async () => {
    const app = createApplication();
    await fill(app, key);
    await app.clock.advance(90_001);
    await loseContact(app);
    app.source.heal();
    app.source.put(key, 'v2');
    await app.clock.advance(1_000);
    const asked = app.source.calls.length;
    expect(textOf(await app.read(key))).toBe('v1');
    await app.clock.advance(0);

    expect(app.source.calls).toHaveLength(asked + 1);
    expect(textOf(await app.read(key))).toBe('v2');
  });

  it('is probed in the background for such a reader after a quiet time too', async () => {
    const app = createApplication();
    await fill(app, key);
    await app.clock.advance(90_001);
    await loseContact(app);
    await app.clock.advance(5_000);
    app.source.hold();

    expect(textOf(await app.read(key))).toBe('v1');
    expect(app.singleFlight.isReading(key)).toBe(true);
  });

  it('is not probed for only-if-cached', async () => {
    const app = createApplication();
    await loseContact(app);
    await app.clock.advance(1_000);
    const asked = app.source.calls.length;
    await expect(app.read(key, ONLY_IF_CACHED)).rejects.toMatchObject({ code: 'not_in_cache' });
    await app.clock.advance(0);

    expect(app.source.calls).toHaveLength(asked);
  });
});
