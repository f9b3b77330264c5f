import { describe, expect, it } from '@jest/globals';
import { GroupRefusedError } from '../../../src/domain/cache/errors.ts';
import type { GroupCheck, ItemSource } from '../../../src/ports/outbound/item-source.ts';
import {
  type ApplicationOptions,
  createPreload,
  keyOf,
  refused,
  unavailable,
} from '../../support/application/create-application.ts';
import type { FakeItemSource } from '../../support/fakes/fake-item-source.ts';
import { Gate } from '../../support/fakes/gate.ts';

type Check = () => Promise<GroupCheck>;

const mismatch = () => new GroupRefusedError('the keys are others');

/** A preload over a source that checks its group: by one answer after the other, of which the last stays. */
const preloadWith = (checks: Check[], options: ApplicationOptions = {}) =>
  createPreload(8, {
    throughSource: (origin: FakeItemSource): ItemSource => ({
      read: (key, want) => origin.read(key, want),
      readGroup: (group, cursor, want) => origin.readGroup(group, cursor, want),
      checkGroup: async () => {
        const [check = async () => ({ isEmpty: false })] = checks.length > 1 ? checks.splice(0, 1) : checks;
        return check();
      },
    }),
    ...options,
  });

/** Ends like `check`, once the gate is open. */
const late =
  (gate: Gate, check: Check): Check =>
  async () => {
    await gate.pass(new AbortController().signal);
    return check();
  };

const matches: Check = async () => ({ isEmpty: false });

describe('a group whose configuration the source checks', () => {
  it('is read during the check, and stored only after the check has passed', async () => {
    const gate = new Gate();
    const app = preloadWith([late(gate, matches)]);
    const run = app.preload.run();
    await gate.arrived();
    await app.clock.advance(0);
    expect(app.source.countOf('readGroup')).toBe(4);
    expect(app.store.usage().entries).toBe(0);

    gate.open();
    await run;
    expect(app.source.countOf('readGroup')).toBe(4);
    expect(app.preload.progress()).toEqual([{ group: 'Products', state: 'complete', entries: 8 }]);
  });

  it.each([
    ['a refusal of the group', mismatch, 'the keys are others'],
    ['a failure that lasts', refused, 'upstream_refused'],
  ])('stores nothing if the check ends with %s after the pages', async (_, error, reason) => {
    const gate = new Gate();
    const app = preloadWith([late(gate, () => Promise.reject(error()))]);
    const run = app.preload.run();
    await gate.arrived();
    await app.clock.advance(0);
    gate.open();
    await run;

    expect(app.store.usage().entries).toBe(0);
    expect(app.preload.progress()).toEqual([{ group: 'Products', state: 'failed', entries: 0, reason }]);
  });

  it('stores no items that were written to a table after the check found it empty', async () => {
    const app = preloadWith([async () => ({ isEmpty: true })]);
    await app.preload.run();

    expect(app.store.usage().entries).toBe(0);
    expect(app.preload.progress()).toEqual([{ group: 'Products', state: 'complete', entries: 0 }]);
  });

  it.each([1, 2, 50])('is complete after a check that failed once, with %d reads at a time', async (max) => {
    const app = preloadWith([() => Promise.reject(unavailable()), matches], { maxSourceReads: max });
    const run = app.preload.run();
    await app.clock.advance(50);
    await run;

    expect(app.preload.progress()).toEqual([{ group: 'Products', state: 'complete', entries: 8 }]);
  });

  it('answers every read with the refusal, without asking the source again', async () => {
    const app = preloadWith([() => Promise.reject(mismatch())]);
    await app.preload.run();

    await expect(app.read(keyOf('k0'))).rejects.toThrow('the keys are others');
    expect(app.source.countOf('read')).toBe(0);
  });
});
