import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Address } from '../../../src/domain/cache/cache-entry.ts';
import { GroupRefusedError } from '../../../src/domain/cache/errors.ts';
import { keyOf, NO_CACHE, PLAIN, TYPED, unreachable } from '../../support/application/create-application.ts';
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

const preloaded = async ({ preload }: ReturnType<typeof startSharing>) => {
  const preloading = preload.run();
  await world.clock.advance(0);
  await preloading;
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

  it('counts as a miss and as stored in the environment that has read it from the source', async () => {
    const environment = await filled();

    expect(environment.counts()).toEqual({ hits: 0, misses: 1, unproved: 0, failures: 0, stored: 1 });
  });

  it('is read by another one in the same millisecond, although each read has a time of its own', async () => {
    await startSharing(world, { fraction: 0.5 }).read();

    expect(await startSharing(world).read()).toEqual(['v1', 'origin']);
    expect(asked()).toBe(1);
  });

  it('is read in all the content types of the group', async () => {
    const contentTypes = [PLAIN, TYPED];
    await startSharing(world, { contentTypes }).read();

    expect(await startSharing(world, { contentTypes }).read()).toEqual(['v1', 'origin']);
    expect(asked()).toBe(1);
  });

  it('is stored for the rest of its lifetime, which began when the source was asked', async () => {
    const environment = startSharing(world);
    const held = world.source.hold();
    const reading = environment.read();
    await held.arrived();
    await world.clock.advance(1_000);
    held.open();
    await reading;

    expect(world.entries.lifetimesMs).toEqual([59_000]);
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
    await preloaded(cold);

    expect(asked()).toBe(1);
    expect(await cold.read()).toEqual(['v1', 'memory']);
    expect(cold.status.status().counts).toMatchObject({ sourceReads: 0 });
  });

  it('is not preloaded while the circuit of the source is open: the call must show whether it answers', async () => {
    await filled();
    const cold = startSharing(world, { preload: ['k'] });
    world.source.failWith(unreachable());
    for (const id of ['a', 'b', 'c']) {
      const request = { contentType: PLAIN, freshness: NO_CACHE };
      void Promise.resolve(cold.reader.read(keyOf(id), request)).catch(() => undefined);
      await world.clock.advance(0);
    }
    world.source.heal();
    await world.clock.advance(1_000);
    await preloaded(cold);

    expect(world.source.calls.at(-1)).toMatchObject({ method: 'readMany', keys: [keyOf('k')] });
    expect(cold.logger.at('warn').map(({ message }) => message)).toEqual([
      'the source of a group does not answer; it is probed once a second',
      'the source of a group answers again',
    ]);
  });

  it('is preloaded together with what only the source has', async () => {
    world.source.put(keyOf('other'), 'v1');
    await filled();
    const cold = startSharing(world, { preload: ['k', 'other'] });
    await preloaded(cold);

    expect(world.source.calls.slice(1)).toMatchObject([{ method: 'readMany', keys: [keyOf('other')] }]);
    expect(cold.status.status().counts).toMatchObject({ sourceReads: 1 });
    expect(cold.preload.progress()).toMatchObject([{ group: 'Products', state: 'complete', entries: 2 }]);
    expect([await cold.read(), await cold.read('other')]).toEqual(Array(2).fill(['v1', 'memory']));
    // It shares what it has preloaded from the source.
    expect(await startSharing(world).read('other')).toEqual(['v1', 'origin']);
    expect(asked()).toBe(2);
  });

  it.each([
    ['an item', 'k', { ttlMs: 5_000 }],
    ['an absence', 'none', { negativeTtlMs: 5_000 }],
  ])('is not read when it is too old by the settings of this environment: %s', async (_, id, options) => {
    await startSharing(world).read(id);
    await world.clock.advance(4_999);
    await startSharing(world, options).read(id);
    expect(asked()).toBe(1);
    await world.clock.advance(1);
    await startSharing(world, options).read(id);

    expect(asked()).toBe(2);
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

  it.each([
    [400_000, 1],
    [1_048_576, 2],
  ])('is not read if it would be too large to be faster than the source: %d bytes', async (bytes, calls) => {
    world.source.put(keyOf('k'), 'x'.repeat(bytes));
    await filled();
    await startSharing(world).read();

    expect(asked()).toBe(calls);
  });

  it('is read where only items are kept, and no absences', async () => {
    for (const id of ['k', 'none', 'k', 'none']) await startSharing(world, { negativeTtlMs: 0 }).read(id);

    expect(asked()).toBe(3);
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

describe('after an invalidation in one environment', () => {
  it('it reads what others have read since, once a read cannot be from before it', async () => {
    const environment = await filled();
    environment.invalidator.invalidate(keyOf('k'));
    world.source.put(keyOf('k'), 'v2');
    await world.clock.advance(60_000);
    await startSharing(world).read();
    expect(asked()).toBe(2);
    environment.invoke();

    expect(await environment.read()).toEqual(['v2', 'origin']);
    expect(asked()).toBe(2);
  });
});

describe('an invocation that begins while the tier is asked', () => {
  it('makes its answers useless, because nothing is known of the writes since', async () => {
    const environment = await filled();
    const cold = startSharing(world);
    const held = cold.entries.hold();
    const reading = cold.read();
    await held.arrived();
    await environment.write('v2');
    cold.invocation.begin(world.clock.now() + 60_000);
    held.open();

    expect(await reading).toEqual(['v2', 'origin']);
    expect(cold.counts()).toMatchObject({ hits: 0, unproved: 1 });
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

describe('a group that is not shared, of a source of shared groups', () => {
  const unshared = keyOf('k', 'Unshared');
  beforeEach(() => {
    for (const key of [unshared, keyOf('other', 'Unshared')]) world.source.put(key, 'v1');
  });

  it('is read from the source, without asking the tier', async () => {
    const environment = startSharing(world);
    const reading = environment.reader.read(unshared, { contentType: PLAIN, freshness: { kind: 'any' } });
    await world.clock.advance(0);

    expect((await reading).cache.source).toBe('origin');
    expect([environment.entries.calls, asked()]).toEqual([0, 1]);
  });

  it('is preloaded from the source, without asking the tier', async () => {
    const environment = startSharing(world, { preloadUnshared: ['k', 'other'] });
    await preloaded(environment);

    expect(environment.preload.progress()).toMatchObject([{ state: 'complete', entries: 2 }]);
    expect([environment.entries.calls, asked()]).toEqual([0, 1]);
  });
});

describe('a source behind the tier', () => {
  it('checks its groups before they are preloaded', async () => {
    const refusal = new GroupRefusedError('the keys are others');
    const environment = startSharing(world, {
      preloadsEverything: true,
      throughSource: (source) => Object.assign(source, { checkGroup: () => Promise.reject(refusal) }),
    });
    await preloaded(environment);

    expect(environment.preload.progress()).toMatchObject([
      { state: 'failed', entries: 0, reason: refusal.message },
    ]);
  });

  it('is read in whole for a preload of everything', async () => {
    const environment = startSharing(world, { preloadsEverything: true });
    await preloaded(environment);

    expect(environment.preload.progress()).toMatchObject([{ state: 'complete', entries: 1 }]);
    expect(world.source.countOf('readGroup')).toBeGreaterThan(0);
  });

  it('may read single keys only', async () => {
    world.source.put(keyOf('other'), 'v1');
    const environment = startSharing(world, {
      preload: ['k', 'other'],
      throughSource: (source) => source.oneByOne(),
    });
    await preloaded(environment);

    expect(environment.preload.progress()).toMatchObject([{ state: 'complete', entries: 2 }]);
    expect(world.source.calls.map(({ method }) => method)).toEqual(['read', 'read']);
  });
});

it('drops its connections before the first invocation, because those of a snapshot are closed', () => {
  const environment = startSharing(world, { awaitsInvocation: true });
  expect(environment.entries.dropped).toBe(0);
  environment.gate.open();

  expect(environment.entries.dropped).toBe(1);
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

  it('is tried again after calls that failed at the same time, which may have waited for one connection', async () => {
    const cold = startSharing(world);
    cold.entries.state = 'hangs';
    const reads = ['a', 'b', 'c'].map((id) => cold.read(id));
    // The second half, for storing what the source has answered.
    for (const ms of [50, 50]) await world.clock.advance(ms);
    await Promise.all(reads);
    expect(cold.counts()).toMatchObject({ failures: 6 });
    cold.entries.state = 'works';
    await cold.read('d');

    expect(cold.counts()).toMatchObject({ misses: 1 });
  });

  it('is not blamed for a pause of this process during which its answer arrived', async () => {
    await filled();
    const cold = startSharing(world);
    const held = cold.entries.hold();
    const reading = cold.read();
    await held.arrived();
    await world.clock.advance(0);
    // After the timer of the call: of what is due, a process runs its timers first.
    world.clock.after(50, () => held.open());
    await world.clock.advance(50);
    await reading;

    expect(asked()).toBe(1);
    expect(cold.counts()).toMatchObject({ hits: 1, failures: 0 });
  });

  it('is like an empty one if it throws instead of rejecting', async () => {
    await filled();
    const cold = startSharing(world);
    cold.entries.getMany = () => {
      throw new TypeError('a defect');
    };

    expect(await cold.read()).toEqual(['v1', 'origin']);
    expect(cold.counts()).toMatchObject({ failures: 1 });
    expect(world.clock.pendingTasks).toBe(0);
  });

  it('counts a call that it does not answer once', async () => {
    const cold = startSharing(world);
    cold.entries.state = 'hangs';
    await cold.read('a', { withinMs: 50 });

    expect(cold.counts()).toMatchObject({ failures: 1 });
  });

  it.each([
    ['fails', 'no connection'],
    ['hangs', 'no answer within 50 ms'],
  ] as const)('is reported with the cause: it %s', async (state, message) => {
    const cold = startSharing(world);
    cold.entries.state = state;
    for (const id of ['a', 'b', 'c']) await cold.read(id, { withinMs: 50 });

    expect(cold.logger.at('warn')).toMatchObject([{ fields: { error: { message } } }]);
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
