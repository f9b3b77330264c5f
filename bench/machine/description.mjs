import { cpus, loadavg, totalmem } from 'node:os';
import { NODE_LINE } from '../subjects/layer.mjs';

/** Describes the machine of a run and its load at the start. */
export const machine = () => ({
  processor: cpus()[0]?.model ?? 'unknown',
  // Also those that this process may not use: a suite keeps to its own core.
  cores: cpus().length,
  memoryGb: Math.round(totalmem() / 2 ** 30),
  node: NODE_LINE,
  at: new Date().toISOString(),
  load: Number(loadavg()[0].toFixed(2)),
});
