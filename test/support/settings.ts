import type { Settings } from '../../src/adapters/config/settings.ts';
import { tableSpec } from './dynamodb/table-spec.ts';

/** The lifetimes that the environment gives by default. */
const LIFETIMES = {
  ttlMs: 3_600_000,
  negativeTtlMs: 10_000,
  staleWhileRevalidateMs: 0,
  staleIfErrorMs: 3_600_000,
};

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
  lifetimes: LIFETIMES,
  compatible: new Map(),
  hasTypedErrors: false,
  secretTokens: [],
  metrics: 'none',
  logLevel: 'none',
  isSnapshotted: false,
  ...given,
});
