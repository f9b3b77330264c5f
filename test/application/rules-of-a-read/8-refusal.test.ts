import { describe, expect, it } from '@jest/globals';
import {
  createApplication,
  filledApplication,
  groupOf,
  keyOf,
  NO_CACHE,
  ONLY_IF_CACHED,
  refused,
  textOf,
  unavailable,
} from '../../support/application/create-application.ts';

const key = keyOf('k');

describe('a refusal', () => {
  it('rule 8: reaches the reader, even if a stale entry could answer a transient failure', async () => {
    const { read, source, clock } = await filledApplication();
    await clock.advance(91_000);
    const error = refused();
    source.failWith(error);

    await expect(read(key)).rejects.toBe(error);
  });

  it('rule 8: ends the stale windows after a background refresh, until a read succeeds', async () => {
    const { read, source, clock } = await filledApplication();
    await clock.advance(60_000);
    source.failWith(refused());
    expect(textOf(await read(key))).toBe('v1');
    await clock.advance(0);
    await expect(read(key)).rejects.toMatchObject({ code: 'upstream_refused' });
    source.failWith(unavailable());
    await expect(read(key)).rejects.toMatchObject({ code: 'upstream_unavailable' });
    await expect(read(key, ONLY_IF_CACHED)).rejects.toMatchObject({ code: 'not_in_cache' });

    source.heal();
    expect(textOf(await read(key))).toBe('v2');
    await clock.advance(60_000);
    expect(textOf(await read(key))).toBe('v2');
  });

  it('rule 8: ends the stale windows when it answers no-cache, but not the lifetime', async () => {
    const { read, source, clock } = await filledApplication();
    source.failWith(refused());
    await expect(read(key, NO_CACHE)).rejects.toMatchObject({ code: 'upstream_refused' });
    expect(textOf(await read(key))).toBe('v1');
    await clock.advance(60_000);

    await expect(read(key)).rejects.toMatchObject({ code: 'upstream_refused' });
  });

  it('rule 8: ends the stale windows after a batch', async () => {
    const { read, source, clock, refresh } = await filledApplication();
    await clock.advance(59_000);
    await read(key);
    source.failWith(refused());
    await refresh.runBatch();
    await clock.advance(1_000);

    await expect(read(key)).rejects.toMatchObject({ code: 'upstream_refused' });
  });

  it('rule 8: does not affect an entry from a later read', async () => {
    const app = createApplication({ groups: [groupOf('Products', {}, { everything: true })] });
    app.source.put(key, 'v1');
    const gate = app.source.hold();
    app.source.failNext(refused());
    const reading = expect(app.read(key)).rejects.toMatchObject({ code: 'upstream_refused' });
    await gate.arrived();
    app.source.hold().open();
    await app.preload.run();
    gate.open();
    await reading;
    await app.clock.advance(60_000);

    expect(await app.read(key)).toMatchObject({ cache: { stale: 'stale-while-revalidate' } });
  });

  it('rule 8: ends the stale windows of the answer to an earlier read that arrives later', async () => {
    const app = createApplication({ groups: [groupOf('Products', {}, { everything: true })] });
    app.source.put(key, 'v1');
    const gate = app.source.hold();
    const run = app.preload.run();
    await gate.arrived(4);
    app.source.failWith(refused());
    app.source.hold().open();
    await expect(app.read(key)).rejects.toMatchObject({ code: 'upstream_refused' });
    gate.open();
    await run;
    expect(textOf(await app.read(key))).toBe('v1');
    await app.clock.advance(60_000);
    app.source.failWith(unavailable());

    await expect(app.read(key)).rejects.toMatchObject({ code: 'upstream_unavailable' });
  });
});
