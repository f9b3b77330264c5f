import { describe, expect, it } from '@jest/globals';
import {
  ANY,
  createApplication,
  groupOf,
  keyOf,
  maxAge,
  NO_CACHE,
  PLAIN,
  textOf,
} from '../../support/application/create-application.ts';

const key = keyOf('k');

describe('a shared read', () => {
  it('rule 6: is shared by readers that arrive while it is running', async () => {
    const { read, source, status } = createApplication();
    source.put(key, 'v1');
    const gate = source.hold();
    const readings = [read(key), read(key)];
    await gate.arrived();
    readings.push(read(key));
    gate.open();
    const collapsed = (await Promise.all(readings)).map(
      ({ cache }) => cache.source === 'origin' && cache.collapsed,
    );

    expect(collapsed).toEqual([false, true, true]);
    expect(source.countOf('read')).toBe(1);
    expect(status.status().counts).toMatchObject({ misses: 3, collapsed: 2, sourceReads: 1 });
  });

  it('rule 6: is not joined by a reader that arrives after an invalidation', async () => {
    const { read, source, invalidator, store } = createApplication();
    source.put(key, 'v1');
    const gate = source.hold();
    const before = read(key);
    await gate.arrived();
    source.put(key, 'v2');
    invalidator.invalidate(key);
    const after = read(key);
    gate.open();

    expect([textOf(await before), textOf(await after)]).toEqual(['v1', 'v2']);
    expect(store.get(key)).toBeDefined();
    expect(source.countOf('read')).toBe(2);
  });

  it('rule 6: is not joined by a reader that arrives after the invalidation of its group', async () => {
    const { read, source, invalidator } = createApplication();
    source.put(key, 'v1');
    const gate = source.hold();
    const before = read(key);
    await gate.arrived();
    source.put(key, 'v2');
    invalidator.invalidateGroup('Products');
    const after = read(key);
    gate.open();

    expect([textOf(await before), textOf(await after)]).toEqual(['v1', 'v2']);
  });

  it('rule 6: is still shared after the invalidation of another group', async () => {
    const { read, source, invalidator } = createApplication({
      groups: [groupOf('Products'), groupOf('Orders')],
    });
    source.put(key, 'v1');
    const gate = source.hold();
    const before = read(key);
    await gate.arrived();
    invalidator.invalidateGroup('Orders');
    const after = read(key);
    gate.open();

    expect([textOf(await before), textOf(await after)]).toEqual(['v1', 'v1']);
    expect(source.countOf('read')).toBe(1);
  });

  it.each([
    ['no-cache', NO_CACHE],
    ['max-age', maxAge(60)],
  ])('rule 6: is not joined by a request with %s after the source was asked', async (_, freshness) => {
    const { read, source } = createApplication();
    source.put(key, 'v1');
    const gate = source.hold();
    const before = read(key);
    await gate.arrived();
    source.put(key, 'v2');
    const exact = read(key, freshness);
    gate.open();

    expect([textOf(await before), textOf(await exact)]).toEqual(['v1', 'v2']);
  });

  it('rule 6: is joined by a no-cache request before the source is asked', async () => {
    const { read, source, clock } = createApplication({ maxSourceReads: 1 });
    source.put(key, 'v1');
    const gate = source.hold();
    const blocking = read(keyOf('other'));
    await gate.arrived();
    const readings = [read(key), read(key, NO_CACHE)];
    await clock.advance(0);
    gate.open();
    await Promise.all([blocking, ...readings]);

    expect(source.countOf('read')).toBe(2);
  });

  it('rule 6: is running once and queued once for any number of exact requests', async () => {
    const { read, source } = createApplication();
    source.put(key, 'v1');
    const gate = source.hold();
    const first = read(key, NO_CACHE);
    await gate.arrived();
    const queued = Array.from({ length: 10 }, () => read(key, NO_CACHE));
    expect(source.countOf('read')).toBe(1);
    source.put(key, 'v2');
    gate.open();

    expect(textOf(await first)).toBe('v1');
    expect((await Promise.all(queued)).map(textOf)).toEqual(Array(10).fill('v2'));
    expect(source.countOf('read')).toBe(2);
  });

  it('rule 6: continues when the reader that started it has given up', async () => {
    const { reader, read, source, store } = createApplication();
    source.put(key, 'v1');
    const gate = source.hold();
    void reader.read(key, { contentType: PLAIN, freshness: ANY });
    await gate.arrived();
    const second = read(key);
    gate.open();

    expect(textOf(await second)).toBe('v1');
    expect(store.get(key)).toBeDefined();
  });
});
