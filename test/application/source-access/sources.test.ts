import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { SourceAccess } from '../../../src/application/source-access/sources.ts';
import { RecentWrites } from '../../../src/application/storing/recent-writes.ts';
import { ElapsedTime } from '../../../src/application/time/elapsed-time.ts';
import { EntryKey } from '../../../src/domain/cache/cache-entry.ts';
import type { ItemSource } from '../../../src/ports/outbound/item-source.ts';
import { WRITE_LIMITS } from '../../support/application/create-application.ts';
import { createSourceCalls } from '../../support/application/create-source-calls.ts';

const unread = () => Promise.reject(new Error('it is not read'));
const LIMITS = { timeoutMs: 1_000, maxReads: 1, maxWaitingReads: 0, preloadParallelism: 1 };

const accessOf = (batches: Pick<ItemSource, 'readMany' | 'batchLimit'>): SourceAccess => {
  const { clock, ...shared } = createSourceCalls();
  const recentWrites = new RecentWrites(new ElapsedTime(clock), WRITE_LIMITS);
  const parts = { ...shared, clock, recentWrites, onCircuitChange: () => undefined };
  return new SourceAccess({ read: unread, ...batches }, LIMITS, parts);
};

const keys = fc.array(fc.string(), { maxLength: 40 }).map((ids) => ids.map((id) => new EntryKey('g', id)));

describe('batchesOf', () => {
  it('splits keys in order into batches of the limit of the source, and a shorter last one', () => {
    fc.assert(
      fc.property(keys, fc.integer({ min: 1, max: 9 }), (list, batchLimit) => {
        const batches = accessOf({ readMany: unread, batchLimit }).batchesOf(list);

        expect(batches.flat()).toEqual(list);
        for (const batch of batches.slice(0, -1)) expect(batch).toHaveLength(batchLimit);
        expect(batches.every(({ length }) => length > 0 && length <= batchLimit)).toBe(true);
      }),
    );
  });

  it.each([
    ['that reads single keys only', { batchLimit: 5 }],
    ['that states no limit', { readMany: unread }],
  ])('makes batches of one key for a source %s', (_, batches) => {
    const list = ['a', 'b', 'c'].map((id) => new EntryKey('g', id));

    expect(accessOf(batches).batchesOf(list)).toEqual(list.map((key) => [key]));
  });
});
