import { describe, expect, it } from '@jest/globals';
import {
  createApplication,
  keyOf,
  refused,
  textOf,
  unavailable,
} from '../../support/application/create-application.ts';

const key = keyOf('k');

describe('a key without a stale entry', () => {
  it('is read again at once after a failure', async () => {
    const app = createApplication();
    app.source.failNext(unavailable());
    app.source.put(key, 'v1');
    await expect(app.read(key)).rejects.toMatchObject({ code: 'upstream_unavailable' });

    expect(textOf(await app.read(key))).toBe('v1');
  });

  it('is answered with the failure for every waiting reader', async () => {
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
