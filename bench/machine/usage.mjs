import { readdirSync, readFileSync } from 'node:fs';

/** Nanoseconds of processor time that the threads of a process have taken, in user space and in the kernel. */
export const cpuNs = (pid) => {
  let sum = 0;
  for (const thread of readdirSync(`/proc/${pid}/task`)) {
    sum += Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ', 1)[0]);
  }
  return sum;
};

/** The same by the clock ticks of `/proc/<pid>/stat`, which count threads that have ended as well. */
export const cpuTicksMs = (pid) => {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
  return (Number(fields[11]) + Number(fields[12])) * 10;
};

/** Bytes of a process that are resident now, and the most that ever were. */
export const memoryOf = (pid) => {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const bytes = (name) => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)[1]) * 1024;
  return { residentBytes: bytes('VmRSS'), peakBytes: bytes('VmHWM') };
};
