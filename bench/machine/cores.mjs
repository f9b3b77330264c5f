import { spawnSync } from 'node:child_process';
import { availableParallelism } from 'node:os';

const available = availableParallelism();

/** Whether server and client can be pinned to separate cores. */
export const canPin =
  available >= 2 && spawnSync('taskset', ['-c', '0', 'true'], { stdio: 'ignore' }).status === 0;

/**
 * The cores of each process. The measured process has one core to itself, `measured`. `measuredTwo` are two cores for it; on a
 * machine with two cores the client shares one of them.
 */
export const CORES = { measured: '0', measuredTwo: '0,1', others: String(Math.max(1, available - 1)) };

/** Pins `command` and all of its threads to cores, if the machine supports it. */
export const onCore = (core, command) => (canPin ? ['taskset', '-c', core, ...command] : command);

/** Moves this process and the children that it starts without a core of their own off the core of the measured process. */
export const leaveMeasuredCore = () => {
  if (canPin)
    spawnSync('taskset', ['-a', '-c', '-p', CORES.others, String(process.pid)], { stdio: 'ignore' });
};
