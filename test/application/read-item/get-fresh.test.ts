import { describe, expect, it } from '@jest/globals';
import { createApplication, fill, keyOf, PLAIN } from '../../support/application/create-application.ts';

const key = keyOf('k');

describe('what is recalled', () => {
  it('is the answer that a read gives from memory, and counts as a hit', async () => {
    const app = createApplication();
    await fill(app, key);
    await app.clock.advance(1_000);

    const recalled = app.reader.getFresh(key, PLAIN);

    expect(recalled).toMatchObject({ outcome: 'found', ageMs: 1_000 });
    expect(recalled).toEqual(await app.read(key));
    expect(app.status.status().counts.hits).toBe(2);
  });

  it.each([
    ['what is not in memory', 0, keyOf('other'), PLAIN],
    ['what has expired', 60_000, key, PLAIN],
    ['another form', 0, key, 'text/plain'],
  ])('is never %s, and asking for it does nothing', async (_, afterMs, asked, contentType) => {
    const app = createApplication();
    await fill(app, key);
    await app.clock.advance(afterMs);
    const before = app.status.status().counts;

    expect(app.reader.getFresh(asked, contentType)).toBeUndefined();
    expect(app.status.status().counts).toEqual(before);
  });

  it('is not what a read would have to read again behind', async () => {
    const app = createApplication({ lifetimes: { ttlMs: 1_000, staleWhileRevalidateMs: 500 } });
    await fill(app, key);
    await app.clock.advance(899);
    expect(app.reader.getFresh(key, PLAIN)).toBeDefined();

    await app.clock.advance(1);

    expect(app.reader.getFresh(key, PLAIN)).toBeUndefined();
  });
});
