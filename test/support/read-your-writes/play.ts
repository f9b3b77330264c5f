import { type Crowd, ModelClient } from './model-client.ts';
import { ModelWorld } from './model-world.ts';

const CLIENTS = 8;
/** Longer than any write may still be under way. */
const REST_MS = 9_000;
/** No play takes longer, in the time of its world, than so much for each operation and so much besides. */
const PATIENCE_MS = { each: 1_000, besides: 600_000 };

/** What came of a play. */
export interface PlayResult {
  /** What was found wrong, in words. */
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
export const playReadYourWrites = async (seed: number, operations: number): Promise<PlayResult> => {
  const world = new ModelWorld(seed);
  const crowd: Crowd = { hot: [], versions: 0, operations: 0, quietUntil: 0 };
  const clients = Array.from({ length: CLIENTS }, () => new ModelClient(world, crowd));
  const patienceMs = PATIENCE_MS.besides + PATIENCE_MS.each * operations;
  await passUntil(world, Promise.all(clients.map((client) => client.run(operations))), patienceMs);
  await world.clock.advance(REST_MS);
  await passUntil(world, clients[0]?.readAll(), patienceMs);
  const { ledger, cache } = world;
  const { hits, staleHits } = cache.status.status().counts;
  return { faults: ledger.faults, reads: ledger.reads, writes: ledger.writes, hits: hits + staleHits };
};

const passUntil = async (
  { clock }: ModelWorld,
  done: Promise<unknown> | undefined,
  patienceMs: number,
): Promise<void> => {
  const endMs = clock.monotonic() + patienceMs;
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
    if (clock.monotonic() > endMs) throw new Error('a client waits for an answer in vain');
    await clock.advance(100);
  }
  if (failure !== undefined) throw failure;
};
