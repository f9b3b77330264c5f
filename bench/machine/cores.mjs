import { spawnSync } from 'node:child_process';
import { availableParallelism } from 'node:os';

/** Whether server and client can be pinned to separate cores. */
export const canPin =
  availableParallelism() >= 2 && spawnSync('taskset', ['-c', '0', 'true'], { stdio: 'ignore' }).status === 0;

/** The core of each process: the measured one has a core to itself. */
export const CORES = { measured: '0', others: '1' };

/** Pins `command` to one core, if the machine supports it. */
export const onCore = (core, command) => (canPin ? ['taskset', '-c', core, ...command] : command);
