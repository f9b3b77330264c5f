import { spawnSync } from 'node:child_process';
import { availableParallelism } from 'node:os';

/** Whether what serves and what asks can each be kept on a core of its own. */
export const canPin =
  availableParallelism() >= 2 && spawnSync('taskset', ['-c', '0', 'true'], { stdio: 'ignore' }).status === 0;

/** Where the processes of a run belong: what is measured alone on one core, all else on the other. */
export const CORES = { measured: '0', others: '1' };

/** The command that runs `command` on one core, where that can be had. */
export const onCore = (core, command) => (canPin ? ['taskset', '-c', core, ...command] : command);
