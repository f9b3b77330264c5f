import { describe, expect, it } from '@jest/globals';
import {
  createApplication,
  fill,
  keyOf,
  keysOf,
  NO_CACHE,
  textOf,
  throttled,
} from '../../support/application/create-application.ts';

const key = keyOf('k');

describe('throttling', () => {
  it('stops reads of that key for a second, and of no other key', async () => {
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

  it('is answered with a stale hit if an entry exists', async () => {
    const app = createApplication();
    await fill(app, key);
    await app.clock.advance(90_001);
    app.source.failWith(throttled());

    expect(await app.read(key)).toMatchObject({ cache: { source: 'memory-after-failure' } });
    expect(await app.read(key)).toMatchObject({ cache: { source: 'memory', stale: 'stale-if-error' } });
  });

  it('of several keys in a row does not open the circuit', async () => {
    const app = createApplication();
    app.source.failWith(throttled());
    for (const each of keysOf(5, 'busy')) await app.read(each).catch(() => undefined);
    app.source.heal();

    expect(await app.read(key)).toMatchObject({ outcome: 'absent' });
  });
});
