import type { Settings } from '../../src/adapters/config/settings.ts';
import { tableSpec } from './dynamodb/table-spec.ts';

/** Settings as the defaults make them, of one table, with what the test says. */
export const settingsOf = (given: Partial<Settings> = {}): Settings => ({
  tables: [
    tableSpec({
      name: 'Products',
      hashKey: { name: 'pKey', type: 'S' },
      sortKey: { name: 'sKey', type: 'S' },
    }),
  ],
  port: 0,
  preload: false,
  preloadTimeoutMs: 8_000,
  timeoutMs: 2_000,
  writeWindowMs: 10_000,
  maxBytes: 8 * 1024 * 1024,
  maxAbsenceBytes: 512 * 1024,
  maxHeaderBytes: 16_384,
  maxConnections: 256,
  maxSourceReads: 50,
  maxWaitingReads: 1_000,
  maxPendingBodyBytes: 32 * 1024 * 1024,
  region: 'eu-west-1',
  keepsTypedForm: false,
  metrics: 'none',
  logLevel: 'none',
  isSnapshotted: false,
  ...given,
});
