import { Chance } from '../chance.ts';
import { ModelClient, type SharedState } from './model-client.ts';
import { ModelWorld } from './model-world.ts';

const CLIENTS = 8;
/** Longer than any write may still be under way. */
const REST_MS = 9_000;
/** The longest simulated time of a simulation. */
const MAX_PASSED_MS = { each: 1_000, besides: 600_000 };

/** Turns of 100 ms, on average, from one step of a clock to the next. */
const LOOPS_PER_STEP = 40;
const MAX_STEP_MS = 120_000;

interface SimulationOptions {
  /** Whether the wall clock and the monotonic clock are stepped, either way, while clients work. */
  readonly stepsClocks?: boolean;
}

/** The result of a simulation. */
export interface SimulationResult {
  /** The violations found. */
  readonly faults: readonly string[];
  readonly reads: number;
  readonly writes: number;
  /** Answers from memory. */
  readonly hits: number;
}

/**
 * Lets clients do so many operations, the same for the same seed, and reads everything at the end.
 *
 * @throws {Error} if a client is left waiting for ever
 */
export const simulateReadYourWrites = async (
  seed: number,
  operations: number,
  { stepsClocks = false }: SimulationOptions = {},
): Promise<SimulationResult> => {
  const stepOf = stepsClocks ? stepSomeClock : () => undefined;
  const world = new ModelWorld(new Chance(seed));
  const shared: SharedState = { hot: [], versions: 0, operations: 0, quietUntil: 0 };
  const clients = Array.from({ length: CLIENTS }, () => new ModelClient(world, shared));
  const maxPassedMs = MAX_PASSED_MS.besides + MAX_PASSED_MS.each * operations;
  await passUntil(world, Promise.all(clients.map((client) => client.run(operations))), maxPassedMs, stepOf);
  await world.clock.advance(REST_MS);
  await passUntil(world, clients[0]?.readAll(), maxPassedMs, stepOf);
  const { ledger, cache } = world;
  const { hits, staleHits } = cache.status.status().counts;
  return { faults: ledger.faults, reads: ledger.reads, writes: ledger.writes, hits: hits + staleHits };
};

/** Steps one of the clocks by up to two minutes, now and then. */
const stepSomeClock = ({ clock, chance }: ModelWorld): void => {
  if (!chance.oneIn(LOOPS_PER_STEP)) return;
  const stepMs = chance.between(-MAX_STEP_MS, MAX_STEP_MS);
  if (chance.oneIn(3)) clock.stepMonotonic(stepMs);
  else clock.setWall(clock.now() + stepMs);
};

const passUntil = async (
  world: ModelWorld,
  done: Promise<unknown> | undefined,
  maxPassedMs: number,
  stepClocks: (world: ModelWorld) => void,
): Promise<void> => {
  const { clock } = world;
  const endMs = clock.passedMs + maxPassedMs;
  let isOver = false;
  let failure: unknown;
  void done?.then(
    () => (isOver = true),
    (error: unknown) => {
      failure = error;
      isOver = true;
    },
  );
  while (!isOver) {
    if (clock.passedMs > endMs) throw new Error('a client got no answer');
    stepClocks(world);
    await clock.advance(100);
  }
  if (failure !== undefined) throw failure;
};
