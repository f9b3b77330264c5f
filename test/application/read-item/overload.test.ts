import { describe, expect, it } from '@jest/globals';
import { createApplication, keyOf, keysOf, watch } from '../../support/application/create-application.ts';

const key = keyOf('k');

describe('the source', () => {
  it('is given up by who would wait beyond the queue', async () => {
    const app = createApplication({ maxSourceReads: 1, maxWaitingReads: 1 });
    app.source.hold();
    const readings = keysOf(2).map((each) => watch(app.read(each)));

    await expect(app.read(key)).rejects.toMatchObject({ code: 'overloaded', retryAfterMs: 1_000 });
    expect(readings.map(({ state }) => state())).toEqual(['pending', 'pending']);
  });
});
