import { describe, expect, it } from '@jest/globals';
import { Groups } from '../../../src/application/groups.ts';
import { SideLoad } from '../../../src/application/invalidation/side-load.ts';
import { Statistics } from '../../../src/application/statistics.ts';
import { EntryWriter } from '../../../src/application/storing/entry-writer.ts';
import { Fence } from '../../../src/application/storing/fence.ts';
import { RecentWrites } from '../../../src/application/storing/recent-writes.ts';
import { ElapsedTime } from '../../../src/application/time/elapsed-time.ts';
import {
  createApplication,
  groupOf,
  keyOf,
  PLAIN,
  TYPED,
  WRITE_LIMITS,
} from '../../support/application/create-application.ts';
import { FakeClock } from '../../support/fakes/fake-clock.ts';
import { FixedRandom } from '../../support/fakes/fixed-random.ts';
import { MapCacheStore } from '../../support/fakes/map-cache-store.ts';
import { PlainDigest } from '../../support/fakes/plain-digest.ts';

const [a, b] = [keyOf('a'), keyOf('b')];
const bodies = [{ contentType: TYPED, bytes: Uint8Array.of(1) }];

describe('SideLoad', () => {
  it('stores an answer with the time at which its read began', async () => {
    const { sideLoad, store, clock } = createApplication();
    const askedAt = clock.now();
    const read = sideLoad.begin('Products', [a], TYPED);
    await clock.advance(500);
    read.store({ key: a, bodies });

    expect(store.get(a)).toMatchObject({ key: a, storedAt: askedAt, bodies });
  });

  it('adds the content type to those that the group keeps', () => {
    const { sideLoad } = createApplication();

    expect(sideLoad.begin('Products', [a], TYPED).contentTypes).toEqual([PLAIN, TYPED]);
    expect(sideLoad.begin('Products', [a], PLAIN).contentTypes).toEqual([PLAIN, TYPED]);
  });

  it('requires a consistent read if any key was written recently', () => {
    const { sideLoad, recentWrites } = createApplication();
    recentWrites.begin({ group: 'Products', key: b })('applied');

    expect(sideLoad.begin('Products', [a], TYPED).isConsistent).toBe(false);
    expect(sideLoad.begin('Products', [a, b], TYPED).isConsistent).toBe(true);
  });

  it('does not store a key that was invalidated after the read began', () => {
    const { sideLoad, invalidator, store } = createApplication();
    const read = sideLoad.begin('Products', [a, b], TYPED);
    invalidator.invalidate(a);
    for (const key of [a, b]) read.store({ key, bodies });

    expect([a, b].map((key) => store.get(key) !== undefined)).toEqual([false, true]);
  });

  it('keeps its marks in the fence until it ends', () => {
    const clock = new FakeClock();
    const elapsed = new ElapsedTime(clock);
    const [fence, recentWrites] = [new Fence(elapsed), new RecentWrites(elapsed, WRITE_LIMITS)];
    const groups = new Groups([groupOf('Products')]);
    const store = new MapCacheStore();
    const writer = new EntryWriter({
      groups,
      store,
      fence,
      recentWrites,
      digest: new PlainDigest(),
      random: new FixedRandom(0),
    });
    const sideLoad = new SideLoad({
      groups,
      fence,
      recentWrites,
      writer,
      statistics: new Statistics(),
      clock,
    });
    const read = sideLoad.begin('Products', [a], TYPED);
    fence.invalidate(a);
    const order = 1;

    expect(fence.admits(a, order)).toBe(false);
    read.end();
    expect(fence.admits(a, order)).toBe(true);
  });

  it('counts a miss for each key, and one upstream call', () => {
    const { sideLoad, status } = createApplication();
    sideLoad.begin('Products', [a, b], TYPED);

    expect(status.status().counts).toMatchObject({ misses: 2, sourceReads: 1 });
  });
});
