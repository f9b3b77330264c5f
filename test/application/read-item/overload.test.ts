import { describe, expect, it } from '@jest/globals';
import { createApplication, keyOf, keysOf, watch } from '../../support/application/create-application.ts';

const key = keyOf('k');

describe('the source', () => {
  it('is not asked for a reader beyond the waiting limit', async () => {
    const app = createApplication({ maxSourceReads: 1, maxWaitingReads: 1 });
    app.source.hold();
    const readings = keysOf(2).map((each) => watch(app.read(each)));

    await expect(app.read(key)).rejects.toMatchObject({ code: 'overloaded', retryAfterMs: 1_000 });
    expect(readings.map(({ state }) => state())).toEqual(['pending', 'pending']);
  });
});
