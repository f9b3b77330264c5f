import { type SimulationResult, simulateReadYourWrites } from '../support/read-your-writes/simulation.ts';
import { simulateFleet } from '../support/fleet/simulation.ts';
import { simulateValues } from '../support/values-model/simulation.ts';
import { REQUESTS_OF_FLEET } from './arguments.ts';
import { faultsOfGrowth, type MemorySample } from './report.ts';

/** Lets clients do so many operations, as the seed has it. */
export type Simulate = (seed: number, operations: number) => Promise<SimulationResult>;

interface EndpointSoakOptions {
  readonly operations: number;
  /** Called at every twentieth of the run, with the seed of the simulation that ended last. */
  readonly onProgress?: (operations: number, seed: number) => void;
  /** Empties the heap of what nobody needs and says what is left, where that can be done. */
  readonly heapBytes?: () => number;
  readonly simulate?: Simulate;
  /** The part of the soak, for the command that repeats a simulation. */
  readonly part?: 'endpoint' | 'values' | 'fleet';
  /** Operations of one simulation. */
  readonly length?: number;
}

/** What a run came to. */
export interface EndpointReport {
  readonly operations: number;
  readonly reads: number;
  readonly writes: number;
  /** Answers from memory. */
  readonly hits: number;
  readonly simulations: number;
  readonly faults: readonly string[];
  /** At the beginning, and after each quarter. */
  readonly memory: readonly MemorySample[];
}

/** Operations of one simulation: as many as a property test has, so that a simulation that failed can be seen there as well. */
export const SIMULATION_LENGTH = 5_000;
const WARM_UP = 500;
const WARM_UP_FLEETS = 20;
const PROGRESS_STEPS = 20;
const QUARTERS = 4;
/** A run with less than one hit in so many operations says nothing of a cache. */
const LEAST_HITS = 1 / 20;

/**
 * Simulates reads and writes through the endpoint over a DynamoDB that lags, again and again, each time by the next
 * seed, until enough was done or a simulation went wrong.
 */
export const soakEndpoint = async (
  seed: number,
  {
    operations,
    onProgress,
    heapBytes,
    simulate = simulateReadYourWrites,
    part: ofSoak = 'endpoint',
    length: simulated = SIMULATION_LENGTH,
  }: EndpointSoakOptions,
): Promise<EndpointReport> => {
  const sum = { operations: 0, reads: 0, writes: 0, hits: 0, simulations: 0 };
  const faults: string[] = [];
  const memory: MemorySample[] = [];
  const sample = () => {
    const residentBytes = process.memoryUsage.rss();
    memory.push(sampled({ requests: sum.operations, residentBytes }, heapBytes?.()));
  };
  sample();
  let reported = 0;
  while (sum.operations < operations && faults.length === 0) {
    const nextSeed = seed + sum.simulations;
    const length = Math.min(simulated, operations - sum.operations);
    const result = await resultOf(simulate, nextSeed, length);
    if (result.faults.length > 0)
      faults.push(...result.faults.slice(0, 5), repeating(ofSoak, nextSeed, length));
    sum.operations += length;
    sum.reads += result.reads;
    sum.writes += result.writes;
    sum.hits += result.hits;
    sum.simulations += 1;
    if (memory.length <= Math.floor((sum.operations / operations) * QUARTERS)) sample();
    const part = Math.floor((sum.operations / operations) * PROGRESS_STEPS);
    if (part > reported) onProgress?.(sum.operations, nextSeed);
    reported = part;
  }
  if (faults.length === 0 && sum.hits < sum.operations * LEAST_HITS) {
    faults.push(`only ${sum.hits} answers came from memory`);
  }
  // In a process that is shared with the clients, only a heap after its collection tells something.
  if (heapBytes !== undefined) faults.push(...faultsOfGrowth(memory));
  return { ...sum, faults, memory };
};

/** A simulation that breaks off is a fault of its own. */
const resultOf = async (simulate: Simulate, seed: number, length: number): Promise<SimulationResult> => {
  try {
    return await simulate(seed, length);
  } catch (error) {
    return { faults: [`the simulation threw: ${String(error)}`], reads: 0, writes: 0, hits: 0 };
  }
};

/** Simulates reads and writes of parameters and secrets over the AWS emulator, in the same way. */
export const soakValues = async (
  seed: number,
  options: Omit<EndpointSoakOptions, 'simulate' | 'part'>,
): Promise<EndpointReport> => {
  // What is loaded and compiled once is no growth.
  await simulateValues(seed, WARM_UP);
  return soakEndpoint(seed, { ...options, simulate: simulateValues, part: 'values' });
};

/** Simulates so many fleets, each by the next seed. */
export const soakFleets = async (
  seed: number,
  options: Omit<EndpointSoakOptions, 'simulate' | 'part' | 'length'>,
): Promise<EndpointReport> => {
  // What is loaded and compiled once is no growth.
  for (let index = 0; index < WARM_UP_FLEETS; index += 1) await simulateFleet(seed);
  return soakEndpoint(seed, {
    ...options,
    simulate: (next) => simulateFleet(next),
    part: 'fleet',
    length: 1,
  });
};

const repeating = (part: string, seed: number, length: number): string =>
  `to repeat it: npm run soak -- --only ${part} --requests ${part === 'fleet' ? length * REQUESTS_OF_FLEET : length} --seed ${seed}`;

const sampled = (sample: MemorySample, heapBytes: number | undefined): MemorySample =>
  heapBytes === undefined ? sample : { ...sample, heapBytes };
