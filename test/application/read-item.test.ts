import { describe, expect, it } from '@jest/globals';
import { type Application, createApplication } from '../support/application/create-application.ts';
import { refused, throttled, unavailable, unreachable } from '../support/application/failures.ts';
import { groupOf, keyOf, keysOf, PLAIN, TYPED } from '../support/application/groups.ts';
import { ANY, maxAge, NO_CACHE, ONLY_IF_CACHED } from '../support/application/read-requests.ts';
import { textOf, watch } from '../support/application/results.ts';

const key = keyOf('k');

/** Puts the keys into memory with the text `v1`. */
const fill = async ({ source, read }: Application, ...keys: readonly (typeof key)[]) => {
  for (const each of keys) {
    source.put(each, 'v1');
    await read(each);
  }
};

const loseContact = async ({ source, read }: Application, times = 3) => {
  source.failWith(unreachable());
  for (const each of keysOf(times, 'lost')) await read(each).catch(() => undefined);
};

describe('ReadItem', () => {
  it('answers a hit at once, with the bytes as they are kept', async () => {
    const app = createApplication();
    await fill(app, key);
    const answer = app.reader.read(key, { contentType: PLAIN, freshness: ANY });

    expect(answer).toEqual({
      outcome: 'found',
      body: app.store.get(key)?.bodies[0],
      ageMs: 0,
      cache: { source: 'memory', ttlMs: 60_000 },
    });
    expect(answer).toMatchObject({ body: { contentType: PLAIN, digest: 'plain-djE' } });
  });

  it('says why the source was asked', async () => {
    const app = createApplication();
    const reasonOf = async (freshness = ANY) => (await app.read(key, freshness)).cache;
    app.source.put(key, 'v1');

    expect(await reasonOf()).toMatchObject({ source: 'origin', reason: 'uri-miss' });
    expect(await reasonOf(NO_CACHE)).toMatchObject({ source: 'origin', reason: 'request' });
    await app.clock.advance(60_000);
    expect(await reasonOf(NO_CACHE)).toMatchObject({ source: 'origin', reason: 'stale' });
    await app.clock.advance(90_001);
    expect(await reasonOf()).toMatchObject({ source: 'origin', reason: 'stale' });
  });

  it('takes a key of an unknown group for a defect', async () => {
    await expect(createApplication().read(keyOf('k', 'Unknown'))).rejects.toThrow(RangeError);
  });

  it('takes a source for defective that makes no body of the type asked for', async () => {
    const { read, source } = createApplication({
      throughSource: (origin) => ({
        read: (asked, want) => origin.read(asked, { ...want, contentTypes: [PLAIN] }),
      }),
    });
    source.put(key, 'v1');

    await expect(read(key, ANY, TYPED)).rejects.toThrow('the source made no body of type');
  });

  it('passes a defect on, and answers nothing stale for it', async () => {
    const app = createApplication();
    await fill(app, key);
    await app.clock.advance(91_000);
    const defect = new TypeError('a defect');
    app.source.failWith(defect);

    await expect(app.read(key)).rejects.toBe(defect);
  });
});

describe('the forms of an entry', () => {
  it('are read from the source once they are asked for, and both are kept from then on', async () => {
    const app = createApplication();
    app.source.put(key, { [PLAIN]: 'plain', [TYPED]: 'typed' });
    expect(textOf(await app.read(key))).toBe('plain');
    const typed = await app.read(key, ANY, TYPED);
    expect(textOf(typed)).toBe('typed');
    expect(typed.cache).toMatchObject({ source: 'origin', reason: 'uri-miss' });

    expect(await app.read(key, ANY, TYPED)).toMatchObject({ cache: { source: 'memory' } });
    expect(await app.read(key)).toMatchObject({ cache: { source: 'memory' } });
    expect(app.source.calls.map(({ want }) => want.contentTypes)).toEqual([[PLAIN], [PLAIN, TYPED]]);
  });

  it('do not matter to an absence', async () => {
    const app = createApplication();
    await app.read(key);

    expect(await app.read(key, ANY, TYPED)).toMatchObject({ outcome: 'absent', cache: { source: 'memory' } });
  });

  it('are not made up for when the source fails', async () => {
    const app = createApplication();
    await fill(app, key);
    app.source.failWith(unavailable());

    await expect(app.read(key, ANY, TYPED)).rejects.toMatchObject({ code: 'upstream_unavailable' });
  });
});

describe('a stale entry', () => {
  it('is answered at once while it is read again behind, and the new one from then on', async () => {
    const app = createApplication();
    await fill(app, key);
    app.source.put(key, 'v2');
    await app.clock.advance(60_000);
    const answer = app.reader.read(key, { contentType: PLAIN, freshness: ANY });

    expect(answer).toMatchObject({
      ageMs: 60_000,
      cache: { source: 'memory', ttlMs: 0, stale: 'stale-while-revalidate' },
    });
    await app.clock.advance(0);
    expect(textOf(await app.read(key))).toBe('v2');
    expect(app.source.countOf('read')).toBe(2);
  });

  it('is read again once, however many readers it has meanwhile', async () => {
    const app = createApplication();
    await fill(app, key);
    await app.clock.advance(60_000);
    const gate = app.source.hold();
    await Promise.all([app.read(key), app.read(key), app.read(key)]);
    await gate.arrived();

    expect(app.source.countOf('read')).toBe(2);
    gate.open();
  });

  it('is answered to who waited when the source fails in passing, and says so', async () => {
    const app = createApplication();
    await fill(app, key);
    await app.clock.advance(90_001);
    app.source.failWith(unavailable());

    expect(await app.read(key)).toMatchObject({
      outcome: 'found',
      ageMs: 90_001,
      cache: { source: 'memory-after-failure', ttlMs: -30_001 },
    });
  });

  it('is answered at once for a second after a passing failure, before the source is asked again', async () => {
    const app = createApplication();
    await fill(app, key);
    await app.clock.advance(90_001);
    app.source.failWith(unavailable());
    await app.read(key);
    await app.clock.advance(999);
    expect(app.reader.read(key, { contentType: PLAIN, freshness: ANY })).toMatchObject({
      cache: { source: 'memory', stale: 'stale-if-error' },
    });
    expect(app.source.countOf('read')).toBe(2);

    await app.clock.advance(1);
    await app.read(key);
    expect(app.source.countOf('read')).toBe(3);
  });

  it('is not read again behind for a second after a passing failure', async () => {
    const app = createApplication();
    await fill(app, key);
    await app.clock.advance(60_000);
    app.source.failWith(unavailable());
    await app.read(key);
    await app.clock.advance(999);
    await app.read(key);
    await app.clock.advance(0);
    expect(app.source.countOf('read')).toBe(2);

    await app.clock.advance(1);
    await app.read(key);
    await app.clock.advance(0);
    expect(app.source.countOf('read')).toBe(3);
  });

  it('stands in for no-cache neither at once nor after the failure', async () => {
    const app = createApplication();
    await fill(app, key);
    await app.clock.advance(90_001);
    app.source.failWith(unavailable());
    await app.read(key);
    app.source.heal();

    expect(await app.read(key, NO_CACHE)).toMatchObject({ cache: { source: 'origin' } });
  });

  it('is gone for who waits while it is invalidated', async () => {
    const app = createApplication();
    await fill(app, key);
    await app.clock.advance(90_001);
    app.source.failWith(unavailable());
    const gate = app.source.hold();
    const reading = app.read(key);
    await gate.arrived();
    app.invalidator.invalidate(key);
    gate.open();

    await expect(reading).rejects.toMatchObject({ code: 'upstream_unavailable' });
  });
});

describe('a key without a stale entry', () => {
  it('is asked for again at once after a failure', async () => {
    const app = createApplication();
    app.source.failNext(unavailable());
    app.source.put(key, 'v1');
    await expect(app.read(key)).rejects.toMatchObject({ code: 'upstream_unavailable' });

    expect(textOf(await app.read(key))).toBe('v1');
  });

  it('is answered by the failure to all who waited', async () => {
    const app = createApplication();
    const gate = app.source.hold();
    const error = refused();
    app.source.failNext(error);
    const readings = [app.read(key), app.read(key)].map((reading) => expect(reading).rejects.toBe(error));
    await gate.arrived();
    gate.open();

    await Promise.all(readings);
    expect(app.source.countOf('read')).toBe(1);
  });
});

describe('throttling', () => {
  it('holds back reads of that key for a second, and of no other', async () => {
    const app = createApplication();
    app.source.put(key, 'v1');
    app.source.failFor(key, throttled());
    await expect(app.read(key)).rejects.toMatchObject({ code: 'throttled' });
    app.source.heal();
    await expect(app.read(key)).rejects.toMatchObject({ code: 'throttled' });
    await expect(app.read(key, NO_CACHE)).rejects.toMatchObject({ code: 'throttled' });
    expect(app.source.countOf('read')).toBe(1);
    expect(await app.read(keyOf('other'))).toMatchObject({ outcome: 'absent' });

    await app.clock.advance(1_000);
    expect(textOf(await app.read(key))).toBe('v1');
  });

  it('is answered by the stale entry where there is one', async () => {
    const app = createApplication();
    await fill(app, key);
    await app.clock.advance(90_001);
    app.source.failWith(throttled());

    expect(await app.read(key)).toMatchObject({ cache: { source: 'memory-after-failure' } });
    expect(await app.read(key)).toMatchObject({ cache: { source: 'memory', stale: 'stale-if-error' } });
  });

  it('of several keys in a row does not count as loss of contact', async () => {
    const app = createApplication();
    app.source.failWith(throttled());
    for (const each of keysOf(5, 'busy')) await app.read(each).catch(() => undefined);
    app.source.heal();

    expect(await app.read(key)).toMatchObject({ outcome: 'absent' });
  });
});

describe('a group out of reach', () => {
  it('answers its stale entries, or 503, at once and without asking', async () => {
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

  it('does so after time-outs too', async () => {
    const app = createApplication();
    app.source.hold();
    const readings = keysOf(3).map((each) => app.read(each).catch(({ code }) => code));
    await app.clock.advance(2_000);
    expect(await Promise.all(readings)).toEqual(Array(3).fill('upstream_timeout'));

    await expect(app.read(key)).rejects.toMatchObject({ code: 'upstream_unavailable' });
    expect(app.source.countOf('read')).toBe(3);
  });

  it('leaves other groups alone', async () => {
    const app = createApplication({ groups: [groupOf('Products'), groupOf('Orders')] });
    await loseContact(app);
    app.source.heal();

    expect(await app.read(keyOf('k', 'Orders'))).toMatchObject({ outcome: 'absent' });
  });

  it('is asked once a second, by a reader who has nothing to lose, and is back with the first answer', async () => {
    const app = createApplication();
    await loseContact(app);
    const asked = app.source.calls.length;
    app.source.heal();
    app.source.put(key, 'v1');
    await app.clock.advance(1_000);
    const gate = app.source.hold();
    const probing = app.read(key);
    await gate.arrived();
    await expect(app.read(keyOf('other'))).rejects.toMatchObject({ code: 'upstream_unavailable' });
    expect(app.source.calls).toHaveLength(asked + 1);
    gate.open();

    expect(textOf(await probing)).toBe('v1');
    expect(await app.read(keyOf('other'))).toMatchObject({ outcome: 'absent' });
  });

  it('is asked by one of the readers who come at the same moment', async () => {
    const app = createApplication();
    await loseContact(app);
    app.source.heal();
    await app.clock.advance(1_000);
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

  it('is probed behind the back of a reader who has a stale entry', async () => {
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

describe('the source', () => {
  it('is given up by who would wait beyond the queue', async () => {
    const app = createApplication({ maxSourceReads: 1, maxWaitingReads: 1 });
    app.source.hold();
    const readings = keysOf(2).map((each) => watch(app.read(each)));

    await expect(app.read(key)).rejects.toMatchObject({ code: 'overloaded', retryAfterMs: 1_000 });
    expect(readings.map(({ state }) => state())).toEqual(['pending', 'pending']);
  });
});

describe('the counts', () => {
  it('tell hits, stale hits, misses and failures apart', async () => {
    const app = createApplication();
    await fill(app, key);
    await app.read(key);
    await app.clock.advance(60_000);
    await app.read(key);
    await app.clock.advance(0);
    app.source.failWith(refused());
    await expect(app.read(keyOf('other'))).rejects.toThrow();

    expect(app.status.status().counts).toEqual({
      hits: 1,
      staleHits: 1,
      misses: 2,
      collapsed: 0,
      failures: 1,
      sourceReads: 3,
      sourceFailures: 1,
    });
  });
});
