import { describe, expect, it } from '@jest/globals';
import type { ItemSource } from '../../../src/ports/outbound/item-source.ts';
import {
  createApplication,
  createPreload,
  everything,
  groupOf,
  keyOf,
  keysOf,
  NO_CACHE,
  textOf,
} from '../../support/application/create-application.ts';
import type { FakeItemSource } from '../../support/fakes/fake-item-source.ts';
import { Gate } from '../../support/fakes/gate.ts';

describe('a preload during requests', () => {
  it('does not delay them', async () => {
    const app = createPreload(4);
    const gate = app.source.hold();
    const run = app.preload.run();
    await gate.arrived();
    app.source.hold().open();
    expect(textOf(await app.read(keyOf('k0')))).toBe('v1');
    gate.open();

    await run;
  });

  it('does not overwrite a later read with a page', async () => {
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

  it('stores no key that was invalidated while its page was read', async () => {
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

  it('stores nothing of a group that was invalidated while its pages were read', async () => {
    const app = createPreload(4);
    const gate = app.source.hold();
    const run = app.preload.run();
    await gate.arrived(4);
    app.invalidator.invalidateGroup('Products');
    gate.open();
    await run;

    expect(app.store.usage().entries).toBe(0);
  });

  it('stores every item of a large group while another group is slow', async () => {
    const gate = new Gate();
    const slowly = (source: FakeItemSource): ItemSource => ({
      read: (each, want) => source.read(each, want),
      readGroup: async (group, cursor, want) => {
        if (group === 'Slow') await gate.pass(want.signal);
        return source.readGroup(group, cursor, want);
      },
    });
    const app = createApplication({
      throughSource: slowly,
      groups: [groupOf('Slow', {}, everything), groupOf('Products', {}, everything)],
      maxBytes: 8 * 1024 * 1024,
    });
    const slow = keyOf('k', 'Slow');
    app.source.put(slow, 'v1');
    for (const each of keysOf(20_000)) app.source.put(each, 'v1');
    app.source.pageSize = 2_500;
    const run = app.preload.run();
    await gate.arrived(4);
    await app.clock.advance(0);
    gate.open();
    await run;

    expect(app.preload.progress()).toMatchObject([
      { group: 'Slow', state: 'complete', entries: 1 },
      { group: 'Products', state: 'complete', entries: 20_000 },
    ]);
    expect(app.store.usage().entries).toBe(20_001);
  });
});
