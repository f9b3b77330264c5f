import { describe, expect, it } from '@jest/globals';
import type { SimulationResult } from '../support/read-your-writes/simulation.ts';
import { SIMULATION_LENGTH, type Simulate, soakEndpoint } from './endpoint.ts';

const MEBIBYTE = 1_024 * 1_024;

describe('the soak of the endpoint for SDKs', () => {
  it('finds no read that is older than it may be', async () => {
    const report = await soakEndpoint(20_260_101, { operations: 1_000 });

    expect(report).toMatchObject({ operations: 1_000, simulations: 1, faults: [] });
    expect(report.reads).toBeGreaterThan(500);
  });

  it('simulates one seed after the other until all operations are done, and returns the sums', async () => {
    const { simulate, simulations } = recording(() => ({ faults: [], reads: 3, writes: 2, hits: 1_000 }));

    const report = await soakEndpoint(7, { operations: 2 * SIMULATION_LENGTH + 10, simulate });

    expect(simulations).toEqual([
      [7, SIMULATION_LENGTH],
      [8, SIMULATION_LENGTH],
      [9, 10],
    ]);
    expect(report).toMatchObject({ simulations: 3, reads: 9, writes: 6, hits: 3_000, faults: [] });
  });

  it('ends after the simulation with a fault, and prints how to repeat it', async () => {
    const { simulate, simulations } = recording((seed) => ({
      ...FINE,
      faults: seed === 8 ? ['an old read'] : [],
    }));

    const { faults } = await soakEndpoint(7, { operations: 4 * SIMULATION_LENGTH, simulate });

    expect(simulations).toHaveLength(2);
    expect(faults).toEqual([
      'an old read',
      `to repeat it: npm run soak -- --only endpoint --requests ${SIMULATION_LENGTH} --seed 8`,
    ]);
  });

  it('reports a simulation that throws as a fault', async () => {
    const { simulate } = recording(() => {
      throw new Error('nobody knows why');
    });

    const { faults } = await soakEndpoint(7, { operations: 10, simulate });

    expect(faults).toEqual([
      'the simulation threw: Error: nobody knows why',
      'to repeat it: npm run soak -- --only endpoint --requests 10 --seed 7',
    ]);
  });

  it('finds fault with a run in which memory hardly ever answered', async () => {
    const { simulate } = recording(() => ({ ...FINE, hits: 249 }));

    const { faults } = await soakEndpoint(7, { operations: SIMULATION_LENGTH, simulate });

    expect(faults).toEqual(['only 249 answers came from memory']);
  });

  it('looks at memory at the beginning and after each quarter', async () => {
    const { simulate } = recording(() => FINE);

    const { memory } = await soakEndpoint(7, { operations: 8 * SIMULATION_LENGTH, simulate });

    expect(memory.map(({ requests }) => requests / SIMULATION_LENGTH)).toEqual([0, 2, 4, 6, 8]);
  });

  it('finds fault with a heap that grows from the middle to the end', async () => {
    const { simulate, simulations } = recording(() => FINE);
    const heapBytes = () => simulations.length * 3 * MEBIBYTE;

    const { faults } = await soakEndpoint(7, { operations: 8 * SIMULATION_LENGTH, simulate, heapBytes });

    expect(faults).toEqual([expect.stringContaining(`the heap grew by ${12 * MEBIBYTE} bytes`)]);
  });

  it('tells of its progress, and how far the seeds went, at most twenty times', async () => {
    const { simulate } = recording(() => FINE);
    const told: unknown[] = [];
    const onProgress = (...progress: readonly number[]) => told.push(progress);

    await soakEndpoint(7, { operations: 40 * SIMULATION_LENGTH, simulate, onProgress });

    expect(told).toHaveLength(20);
    expect(told[0]).toEqual([2 * SIMULATION_LENGTH, 8]);
    expect(told.at(-1)).toEqual([40 * SIMULATION_LENGTH, 46]);
  });
});

const FINE: SimulationResult = { faults: [], reads: 1, writes: 1, hits: 1_000 };

/** A simulation that only notes what it was asked for. */
const recording = (resultOf: (seed: number) => SimulationResult) => {
  const simulations: (readonly [number, number])[] = [];
  const simulate: Simulate = async (seed, operations) => {
    simulations.push([seed, operations]);
    return resultOf(seed);
  };
  return { simulate, simulations };
};
