import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Address } from '../../../src/domain/cache/cache-entry.ts';
import { keyOf, NO_CACHE, PLAIN, TYPED } from '../../support/application/create-application.ts';
import { sharedWorld, startSharing } from '../../support/application/sharing-environments.ts';

let world: ReturnType<typeof sharedWorld>;
/** Reads from the source so far. */
const asked = () => world.source.calls.length;

beforeEach(() => {
  world = sharedWorld();
  world.source.put(keyOf('k'), 'v1');
});

/** Another environment, which has read `k`. */
const filled = async () => {
  const environment = startSharing(world);
  await environment.read();
  return environment;
};

describe('what one environment has read', () => {
  it('is read by another one without asking the source', async () => {
    await filled();
    const cold = startSharing(world);

    expect(await cold.read()).toEqual(['v1', 'origin']);
    expect(asked()).toBe(1);
    expect(cold.counts()).toEqual({ hits: 1, misses: 0, unproved: 0, failures: 0, stored: 0 });
    expect(cold.status.status().counts).toMatchObject({ misses: 1, sourceReads: 0 });
    expect(await cold.read()).toEqual(['v1', 'memory']);
  });

  it('is read consistently, so that others can rely on it', async () => {
    await world.clock.advance(20_000);
    const environment = await filled();
    await world.clock.advance(20_000);
    environment.invoke();
    await environment.read('other');

    expect(world.source.calls.map(({ want }) => want.consistent)).toEqual([true, true]);
  });

  it('keeps its age', async () => {
    await filled();
    await world.clock.advance(40_000);
    const cold = startSharing(world);
    await cold.read();
    await world.clock.advance(20_000);
    cold.invoke();
    await cold.read();

    expect(asked()).toBe(2);
  });

  it('is an absence as well, for as long as absences are fresh', async () => {
    const first = startSharing(world);
    await first.read('none');
    const cold = startSharing(world);

    expect(await cold.read('none')).toEqual([undefined, 'origin']);
    expect(asked()).toBe(1);
    await world.clock.advance(10_000);
    await startSharing(world).read('none');
    expect(asked()).toBe(2);
  });

  it('is read again by the same environment after an eviction', async () => {
    const environment = await filled();
    environment.store.delete(keyOf('k'));

    expect(await environment.read()).toEqual(['v1', 'origin']);
    expect(asked()).toBe(1);
  });

  it('is not read by an environment that has shown a later answer, though nothing was announced', async () => {
    await filled();
    const environment = startSharing(world);
    environment.entries.state = 'fails';
    await world.clock.advance(1_000);
    world.source.put(keyOf('k'), 'v2');
    expect(await environment.read()).toEqual(['v2', 'origin']);
    environment.entries.state = 'works';
    environment.store.delete(keyOf('k'));

    expect(await environment.read()).toEqual(['v2', 'origin']);
  });

  it('is preloaded without asking the source', async () => {
    await filled();
    const cold = startSharing(world, { preload: ['k'] });
    const preloading = cold.preload.run();
    await world.clock.advance(0);
    await preloading;

    expect(asked()).toBe(1);
    expect(await cold.read()).toEqual(['v1', 'memory']);
  });

  it.each([
    ['has other permissions or other settings', { space: 'another space' }],
    ['needs another content type', { contentTypes: [PLAIN, TYPED] }],
  ])('is not read by an environment that %s', async (_, options) => {
    await filled();
    await startSharing(world, options).read();

    expect(asked()).toBe(2);
  });

  it('is not the answer for a reader that asks for the source', async () => {
    await filled();
    world.source.put(keyOf('k'), 'v2');

    expect(await startSharing(world).read('k', { freshness: NO_CACHE })).toEqual(['v2', 'origin']);
  });

  it('does not contain the key in clear text', async () => {
    const environment = startSharing(world);
    await environment.read('a-secret-key');

    expect(world.entries.names.length).toBe(1);
    expect(world.entries.names.join()).not.toContain('a-secret-key');
  });
});

describe('after a write', () => {
  it('another environment does not read what was shared before', async () => {
    const environment = await filled();
    await environment.write('v2');
    const cold = startSharing(world);

    expect(await cold.read()).toEqual(['v2', 'origin']);
    expect(cold.counts()).toMatchObject({ hits: 0, unproved: 1 });
    // What it has read now is shared again.
    expect(await startSharing(world).read()).toEqual(['v2', 'origin']);
    expect(asked()).toBe(2);
  });

  it('an environment does not read what was shared before, even if the write could not be announced', async () => {
    const environment = await filled();
    environment.journal.throttle('announce');
    const writing = environment.write('v2');
    await world.clock.advance(2_000);
    await writing;

    expect(await environment.read()).toEqual(['v2', 'origin']);
  });

  it('of unknown outcome, nothing of the item is shared within the window', async () => {
    const environment = await filled();
    await environment.write('v1', 'unknown');
    await environment.read();
    world.source.put(keyOf('k'), 'v2');
    await world.clock.advance(11_000);

    expect(await startSharing(world).read()).toEqual(['v2', 'origin']);
  });

  it('an answer is not shared if its call began before the write and ended after it', async () => {
    const environment = startSharing(world);
    const held = world.source.hold();
    const reading = environment.read();
    await held.arrived();
    const other = startSharing(world);
    await other.write('v2');
    // The environment learns of the write before it gets the answer.
    environment.invoke();
    const learning = environment.read('other');
    held.open();
    await Promise.all([reading, learning]);

    expect(await startSharing(world).read()).toEqual(['v2', 'origin']);
  });
});

describe('an invalidation in one environment', () => {
  it.each<[string, Address]>([
    ['of the item', { group: 'Products', key: keyOf('k') }],
    ['of the group', { group: 'Products' }],
  ])('%s makes it ask the source', async (_, { group, key }) => {
    const environment = await filled();
    world.source.put(keyOf('k'), 'v2');
    if (key === undefined) environment.invalidator.invalidateGroup(group);
    else environment.invalidator.invalidate(key);

    expect(await environment.read()).toEqual(['v2', 'origin']);
  });
});

describe('the tier is not asked', () => {
  it('if nothing of the table is fresh', async () => {
    const environment = startSharing(world, { ttlMs: 0, negativeTtlMs: 0 });

    expect(await environment.read()).toEqual(['v1', 'origin']);
    expect(environment.entries.calls).toBe(0);
  });

  it('for an item that was just invalidated, while its answer could not be used', async () => {
    const environment = await filled();
    environment.invalidator.invalidate(keyOf('k'));
    await world.clock.advance(0);
    const before = environment.entries.calls;
    const { misses } = environment.counts() ?? {};
    await environment.read();

    // Only to store what the source has answered.
    expect(environment.entries.calls).toBe(before + 1);
    expect(environment.counts()).toMatchObject({ misses, unproved: 0 });
  });
});

describe('without the journal', () => {
  it('nothing is read from the tier', async () => {
    await filled();
    const cold = startSharing(world);
    cold.journal.throttle();

    expect(await cold.read()).toEqual(['v1', 'origin']);
    expect(asked()).toBe(2);
    expect(cold.entries.calls).toBe(0);
  });
});

describe('a tier that does not work', () => {
  it('is like an empty one after 50 ms, and costs no time after three failures', async () => {
    await filled();
    const cold = startSharing(world);
    cold.entries.state = 'hangs';
    for (const id of ['a', 'b', 'c']) {
      const before = world.clock.passedMs;
      await cold.read(id, { withinMs: 50 });
      expect(world.clock.passedMs - before).toBe(50);
    }

    expect(await cold.read('k')).toEqual(['v1', 'origin']);
    expect(cold.counts()?.failures).toBeGreaterThanOrEqual(3);
  });

  it('is tried once a second, and used again when it works', async () => {
    await filled();
    const cold = startSharing(world);
    cold.entries.state = 'fails';
    for (const id of ['a', 'b', 'c', 'd']) await cold.read(id);
    const calls = cold.entries.calls;
    await cold.read('e');
    expect(cold.entries.calls).toBe(calls);
    expect(cold.counts()).toMatchObject({ misses: 0 });

    cold.entries.state = 'works';
    await world.clock.advance(1_000);
    // Nobody waits for the one that tries it.
    await cold.read('f');
    await world.clock.advance(0);
    const before = asked();
    expect(await cold.read()).toEqual(['v1', 'origin']);
    expect(asked()).toBe(before);
    expect(cold.logger.at('warn').map(({ message }) => message)).toEqual([
      'the second tier does not answer: reads go to the source; it is tried again once a second',
      'the second tier answers again',
    ]);
  });

  it.each<[string, (bytes: Uint8Array) => Uint8Array]>([
    ['corrupt', (bytes) => bytes.fill(7, bytes.length - 3)],
    ['cut off', (bytes) => bytes.subarray(0, bytes.length - 1)],
    ['of a newer version', (bytes) => Uint8Array.from([2, ...bytes.subarray(1)])],
  ])('has no effect if its values are %s', async (_, change) => {
    await filled();
    world.entries.change(change);

    expect(await startSharing(world).read()).toEqual(['v1', 'origin']);
    expect(asked()).toBe(2);
  });

  it('has no effect if it returns values of the future, by the clock of this environment', async () => {
    await filled();
    world.clock.setWall(world.clock.now() - 5_000);
    await startSharing(world).read();
    expect(asked()).toBe(2);
  });

  it('does not open the circuit of the source, nor close it', async () => {
    await filled();
    const cold = startSharing(world);
    cold.entries.state = 'fails';
    for (const id of ['a', 'b', 'c', 'd']) await cold.read(id);

    expect(await cold.read('k')).toEqual(['v1', 'origin']);
    expect(cold.status.status().counts.sourceFailures).toBe(0);
  });
});
