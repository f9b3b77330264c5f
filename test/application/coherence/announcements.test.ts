import { describe, expect, it } from '@jest/globals';
import { createCache } from '../../../src/application/create-cache.ts';
import { parseCoherence } from '../../../src/domain/cache/coherence.ts';
import { SourceThrottledError, SourceUnavailableError } from '../../../src/domain/cache/errors.ts';
import { hashOf } from '../../../src/domain/cache/journal-page.ts';
import { createCoherent, filledCoherent } from '../../support/application/coherent-application.ts';
import { groupOf, keyOf, throttled, watch } from '../../support/application/create-application.ts';
import { FakeClock } from '../../support/fakes/fake-clock.ts';
import { FakeItemSource } from '../../support/fakes/fake-item-source.ts';
import { FixedRandom } from '../../support/fakes/fixed-random.ts';
import { InMemoryJournal } from '../../support/fakes/in-memory-journal.ts';
import { MapCacheStore } from '../../support/fakes/map-cache-store.ts';
import { PlainDigest } from '../../support/fakes/plain-digest.ts';
import { RecordingLogger } from '../../support/fakes/recording-logger.ts';

const k = keyOf('k');

describe('an announced write', () => {
  it('ends when it is announced, and not before', async () => {
    const app = createCoherent();
    const held = app.journal.hold('announce');
    const ended = watch(Promise.resolve(app.writes.begin([{ group: 'Products', key: k }]).end('applied')));
    await held.arrived();
    expect(ended.state()).toBe('pending');
    held.open();
    await app.clock.advance(0);

    expect(ended.state()).toBe('resolved');
  });

  it('is announced once for all groups of a scope, after it was made', async () => {
    const app = createCoherent({ coherence: { Products: 'invocation', Again: '1s', Slow: 'ttl' } });
    const write = app.writes.begin(
      ['Products', 'Again', 'Slow'].map((group) => ({ group, key: keyOf('k', group) })),
    );
    expect(app.journal.calls).toEqual([]);
    await write.end('unknown');

    expect(app.journal.calls).toMatchObject([
      { method: 'announce', announcement: { changed: [hashOf(k)], isUnknown: true } },
    ]);
  });

  it('is announced for the whole scope if its keys are unknown, and not at all if it changed nothing', async () => {
    const app = createCoherent();
    await app.writes.begin([{ group: 'Products', key: k }]).end('not-applied');
    expect(app.journal.calls).toEqual([]);
    await app.writes.begin([{ group: 'Products' }]).end('applied');

    expect(app.journal.calls).toMatchObject([{ announcement: { changed: 'everything', isUnknown: false } }]);
  });

  it('is announced for the whole scope if its keys are unknown in one of the groups', async () => {
    const app = createCoherent({ coherence: { Products: 'invocation', Again: 'invocation' } });
    await app.writes
      .begin([{ group: 'Products' }, { group: 'Again', key: keyOf('k', 'Again') }])
      .end('applied');

    expect(app.journal.calls).toMatchObject([{ announcement: { changed: 'everything' } }]);
  });

  it('is of unknown outcome only for groups whose sources have no consistent reads', async () => {
    const journal = new InMemoryJournal();
    const clock = new FakeClock();
    const inconsistent = Object.assign(new FakeItemSource(clock), { hasConsistentReads: false });
    const coherent = (scope: string) => ({ coherence: parseCoherence('invocation'), scope, journal });
    const { writes } = createCache({
      groups: [
        { ...groupOf('Items'), coherence: coherent('items') },
        { ...groupOf('Words'), source: inconsistent, coherence: coherent('words') },
        { ...groupOf('Others'), source: inconsistent },
      ],
      source: new FakeItemSource(clock),
      store: new MapCacheStore(),
      clock,
      random: new FixedRandom(0),
      digest: new PlainDigest(),
      logger: new RecordingLogger(),
    });
    await writes.begin(['Items', 'Words', 'Others'].map((group) => ({ group }))).end('applied');

    expect(journal.calls).toMatchObject([
      { announcement: { scope: 'items', isUnknown: false } },
      { announcement: { scope: 'words', isUnknown: true } },
    ]);
  });

  it('is not announced for a group that waits for the end of lifetimes', () => {
    const app = createCoherent({ coherence: { Products: 'ttl' } });

    expect(app.writes.begin([{ group: 'Products', key: k }]).end('applied')).toBeUndefined();
    expect(app.coherence).toBeUndefined();
  });

  it('waits for no announcement if only groups without a journal are written', () => {
    const app = createCoherent({ coherence: { Products: 'invocation', Slow: 'ttl' } });

    expect(app.writes.begin([{ group: 'Slow' }]).end('applied')).toBeUndefined();
    expect(app.journal.calls).toEqual([]);
  });

  it('is not counted as a change before the first check', async () => {
    const app = createCoherent();
    await app.writeElsewhere('v1');
    await app.writes.begin([{ group: 'Products', key: k }]).end('applied');

    expect(app.status.status().coherence).toMatchObject({ announcements: 1, changedKeys: 0 });
  });

  it('bypasses memory here for the window if it cannot be announced, and is logged once', async () => {
    const app = await filledCoherent();
    app.journal.throttle('announce');
    for (let count = 0; count < 2; count += 1)
      await app.writes.begin([{ group: 'Products', key: k }]).end('applied');
    await app.read();
    expect(await app.read()).toEqual(['v1', 'origin']);
    await app.clock.advance(10_000);
    await app.read();

    expect(await app.read()).toEqual(['v1', 'memory']);
    expect(app.logger.at('warn')).toHaveLength(1);
    expect(app.status.status().coherence).toMatchObject({ announcements: 0, failedAnnouncements: 2 });
  });

  it('is logged again if announcing fails again after it worked', async () => {
    const app = createCoherent();
    const announce = () => app.writes.begin([{ group: 'Products', key: k }]).end('applied');
    for (let count = 0; count < 2; count += 1) {
      app.journal.throttle('announce');
      await announce();
      app.journal.heal();
      await announce();
    }

    expect(app.logger.at('warn').map(({ message }) => message)).toEqual(
      Array(2).fill(
        'writes cannot be announced: other environments may serve these items as they were before, until their entries expire',
      ),
    );
  });

  it('is logged with its scope and the error if it cannot be announced', async () => {
    const app = createCoherent();
    app.journal.throttle('announce');
    await app.writes.begin([{ group: 'Products', key: k }]).end('applied');

    expect(app.logger.at('warn')).toMatchObject([
      { fields: { scope: 'eu-west-1/Products', error: expect.any(SourceThrottledError) } },
    ]);
  });

  it('has 100 ms to be announced at the end of an invocation', async () => {
    const app = createCoherent();
    app.invoke(20);
    const held = app.journal.hold('announce');
    const ending = app.writes.begin([{ group: 'Products', key: k }]).end('applied');
    await held.arrived();
    await app.clock.advance(99);
    held.open();
    await ending;

    expect(app.status.status().coherence).toMatchObject({ announcements: 1, failedAnnouncements: 0 });
  });

  it('teaches its writer what others have announced', async () => {
    const app = await filledCoherent();
    await app.writeElsewhere('v2');
    // On the same page, as every announcement for everything is.
    await app.writes.begin([{ group: 'Products', key: k }]).end('applied');

    expect(app.status.status().coherence).toMatchObject({ changedKeys: 2 });
  });

  it('does not take the late answer of an earlier check for a change', async () => {
    const app = await filledCoherent();
    await app.writeElsewhere('v1', false, keyOf('other'));
    app.invoke();
    await app.read();
    const held = app.journal.holdAnswers('check');
    app.invoke();
    await held.arrived();
    await app.writes.begin([{ group: 'Products', key: keyOf('other') }]).end('applied');
    const before = app.status.status().coherence;
    held.open();
    await app.clock.advance(0);

    expect(app.status.status().coherence).toMatchObject({ changedKeys: before?.changedKeys });
    expect(await app.read()).toEqual(['v1', 'memory']);
  });

  it('does not take the answer to a check for a change if a slow announcement was answered before it', async () => {
    const app = await filledCoherent();
    await app.writeElsewhere('v1', false, keyOf('other'));
    app.invoke();
    await app.read();
    const announcing = app.journal.hold('announce');
    const write = app.writes.begin([{ group: 'Products', key: keyOf('other') }]).end('applied');
    await announcing.arrived();
    const checking = app.journal.holdAnswers('check');
    app.invoke();
    await checking.arrived();
    announcing.open();
    await write;
    checking.open();
    await app.clock.advance(0);

    expect(await app.read()).toEqual(['v1', 'memory']);
  });
});

describe('an invalidation in all environments', () => {
  it('removes the entry here and announces its key', async () => {
    const app = await filledCoherent();
    await app.read(keyOf('other'));
    app.journal.calls.length = 0;
    await app.invalidator.invalidateEverywhere({ group: 'Products', key: k });

    expect(app.store.get(k)).toBeUndefined();
    expect(app.store.get(keyOf('other'))).toBeDefined();
    expect(app.journal.calls).toMatchObject([{ announcement: { changed: [hashOf(k)], isUnknown: false } }]);
  });

  it('is announced for the whole scope without a key', async () => {
    const app = await filledCoherent();
    app.journal.calls.length = 0;
    await app.invalidator.invalidateEverywhere({ group: 'Products' });

    expect(app.store.get(k)).toBeUndefined();
    expect(app.journal.calls).toMatchObject([{ announcement: { changed: 'everything' } }]);
  });

  it('fails if one of its announcements fails', async () => {
    const app = createCoherent({ places: { Products: { referringScopes: ['texts'] } } });
    app.journal.failNext(throttled(), 'announce');

    await expect(app.invalidator.invalidateEverywhere({ group: 'Products', key: k })).rejects.toThrow(
      SourceUnavailableError,
    );
    expect(app.status.status().coherence).toMatchObject({ announcements: 1, failedAnnouncements: 1 });
  });

  it('fails if the journal does not take it, and is made here all the same', async () => {
    const app = await filledCoherent();
    app.journal.throttle();

    await expect(app.invalidator.invalidateEverywhere({ group: 'Products', key: k })).rejects.toThrow(
      'the journal could not be written, so that the entry is invalidated in this environment only',
    );
    expect(app.store.get(k)).toBeUndefined();
  });
});
