import type { TableSpec } from '../../../src/domain/dynamodb/model/table-spec.ts';

/** A table spec with what the test says, and plain values for the rest. */
export const tableSpec = (given: Pick<TableSpec, 'name' | 'hashKey'> & Partial<TableSpec>): TableSpec => ({
  table: given.name,
  consistentRead: false,
  lifetimes: { ttlMs: 60_000, negativeTtlMs: 10_000, staleWhileRevalidateMs: 0, staleIfErrorMs: 3_600_000 },
  preload: { keys: [], everything: false },
  ...given,
});
