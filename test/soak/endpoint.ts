import { type PlayResult, playReadYourWrites } from '../support/read-your-writes/play.ts';
import { faultsOfGrowth, type MemorySample } from './report.ts';

/** Lets clients do so many operations, as the seed has it. */
export type Play = (seed: number, operations: number) => Promise<PlayResult>;

export interface EndpointSoakOptions {
  readonly operations: number;
  /** Called at every twentieth of the run, with the seed of the play that ended last. */
  readonly onProgress?: (operations: number, seed: number) => void;
  /** Empties the heap of what nobody needs and says what is left, where that can be done. */
  readonly heapBytes?: () => number;
  readonly play?: Play;
}

/** What a run came to. */
export interface EndpointReport {
  readonly operations: number;
  readonly reads: number;
  readonly writes: number;
  /** Answers from memory. */
  readonly hits: number;
  readonly plays: number;
  readonly faults: readonly string[];
  /** At the beginning, and after each quarter. */
  readonly memory: readonly MemorySample[];
}

/** Operations of one play: as many as a property test has, so that a play that failed can be seen there as well. */
export const PLAY_LENGTH = 5_000;
const PROGRESS_STEPS = 20;
const QUARTERS = 4;
/** A run with less than one hit in so many operations says nothing of a cache. */
const LEAST_HITS = 1 / 20;

/**
 * Plays reading and writing through the endpoint over a DynamoDB that lags, again and again, each time by the next
 * seed, until enough was done or a play went wrong.
 */
export const soakEndpoint = async (
  seed: number,
  { operations, onProgress, heapBytes, play = playReadYourWrites }: EndpointSoakOptions,
): Promise<EndpointReport> => {
  const sum = { operations: 0, reads: 0, writes: 0, hits: 0, plays: 0 };
  const faults: string[] = [];
  const memory: MemorySample[] = [];
  const sample = () => {
    const residentBytes = process.memoryUsage.rss();
    memory.push(sampled({ requests: sum.operations, residentBytes }, heapBytes?.()));
  };
  sample();
  let reported = 0;
  while (sum.operations < operations && faults.length === 0) {
    const playSeed = seed + sum.plays;
    const length = Math.min(PLAY_LENGTH, operations - sum.operations);
    const result = await resultOf(play, playSeed, length);
    if (result.faults.length > 0) faults.push(...result.faults.slice(0, 5), repeating(playSeed, length));
    sum.operations += length;
    sum.reads += result.reads;
    sum.writes += result.writes;
    sum.hits += result.hits;
    sum.plays += 1;
    if (memory.length <= Math.floor((sum.operations / operations) * QUARTERS)) sample();
    const part = Math.floor((sum.operations / operations) * PROGRESS_STEPS);
    if (part > reported) onProgress?.(sum.operations, playSeed);
    reported = part;
  }
  if (faults.length === 0 && sum.hits < sum.operations * LEAST_HITS) {
    faults.push(`only ${sum.hits} answers came from memory`);
  }
  // In a process that is shared with the clients, only a heap after its collection tells something.
  if (heapBytes !== undefined) faults.push(...faultsOfGrowth(memory));
  return { ...sum, faults, memory };
};

/** A play that breaks off is a fault of its own. */
const resultOf = async (play: Play, seed: number, length: number): Promise<PlayResult> => {
  try {
    return await play(seed, length);
  } catch (error) {
    return { faults: [`the play broke off: ${String(error)}`], reads: 0, writes: 0, hits: 0 };
  }
};

const repeating = (seed: number, length: number): string =>
  `to repeat it: npm run soak -- --only endpoint --requests ${length} --seed ${seed}`;

const sampled = (sample: MemorySample, heapBytes: number | undefined): MemorySample =>
  heapBytes === undefined ? sample : { ...sample, heapBytes };
