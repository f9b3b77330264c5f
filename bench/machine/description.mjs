import { availableParallelism, cpus, loadavg, totalmem } from 'node:os';
import { NODE_LINE } from '../subjects/layer.mjs';

/** What a run was made on, and how busy that was when it began. */
export const machine = () => ({
  processor: cpus()[0]?.model ?? 'unknown',
  cores: availableParallelism(),
  memoryGb: Math.round(totalmem() / 2 ** 30),
  node: NODE_LINE,
  at: new Date().toISOString(),
  load: Number(loadavg()[0].toFixed(2)),
});
