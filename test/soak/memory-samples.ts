/** The state of memory at one point of the run. */
export interface MemorySample {
  readonly requests: number;
  readonly residentBytes: number;
  /** What the heap of this process holds after a collection; absent where none can be asked for. */
  readonly heapBytes?: number;
}

/** The least that a lost object takes is 16 bytes: a leak of one for every second request shows. */
const HEAP_BYTES_PER_REQUEST = 8;
/** Code that is compiled later, tables that grow in steps. */
const HEAP_SLACK_BYTES = 4 * 1_024 * 1_024;
/** The collector gives memory back late: the resident set of a process that leaks nothing swings by tens of MiB. */
const RESIDENT_SLACK_BYTES = 64 * 1_024 * 1_024;

/** What is wrong with how memory went from the middle of the run to its end. */
export const faultsOfGrowth = (samples: readonly MemorySample[]): readonly string[] => {
  const middle = samples[Math.floor((samples.length - 1) / 2)];
  const end = samples.at(-1);
  if (middle === undefined || end === undefined || end === middle) return [];
  const faults: string[] = [];
  const requests = end.requests - middle.requests;
  const resident = end.residentBytes - middle.residentBytes;
  if (resident > RESIDENT_SLACK_BYTES + HEAP_BYTES_PER_REQUEST * requests)
    faults.push(`the resident set grew by ${resident} bytes in the last ${requests} requests`);
  if (end.heapBytes === undefined || middle.heapBytes === undefined) return faults;
  const heap = end.heapBytes - middle.heapBytes;
  if (heap > HEAP_SLACK_BYTES + HEAP_BYTES_PER_REQUEST * requests)
    faults.push(`the heap grew by ${heap} bytes in the last ${requests} requests`);
  return faults;
};
