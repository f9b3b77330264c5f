import { describe, expect, it } from '@jest/globals';
import { createPreload } from '../../support/application/create-preload.ts';
import { keyOf } from '../../support/application/groups.ts';
import { NO_CACHE } from '../../support/application/read-requests.ts';
import { textOf } from '../../support/application/results.ts';

describe('a preload beside requests', () => {
  it('does not keep them waiting', async () => {
    const app = createPreload(4);
    const gate = app.source.hold();
    const run = app.preload.run();
    await gate.arrived();
    app.source.hold().open();
    expect(textOf(await app.read(keyOf('k0')))).toBe('v1');
    gate.open();

    await run;
  });

  it('does not overwrite with a page what was read after it was asked', async () => {
    const app = createPreload(1);
    const gate = app.source.hold();
    const run = app.preload.run();
    await gate.arrived(4);
    app.source.put(keyOf('k0'), 'v2');
    app.source.hold().open();
    await app.read(keyOf('k0'), NO_CACHE);
    gate.open();
    await run;

    expect(textOf(await app.read(keyOf('k0')))).toBe('v2');
  });

  it('brings nothing back that is invalidated while its page is on the way', async () => {
    const app = createPreload(2);
    const gate = app.source.hold();
    const run = app.preload.run();
    await gate.arrived(4);
    app.invalidator.invalidate(keyOf('k0'));
    gate.open();
    await run;

    expect(app.store.get(keyOf('k0'))).toBeUndefined();
    expect(app.store.get(keyOf('k1'))).toBeDefined();
  });

  it('brings nothing back of a group that is invalidated while its pages are on the way', async () => {
    const app = createPreload(4);
    const gate = app.source.hold();
    const run = app.preload.run();
    await gate.arrived(4);
    app.invalidator.invalidateGroup('Products');
    gate.open();
    await run;

    expect(app.store.usage().entries).toBe(0);
  });
});
