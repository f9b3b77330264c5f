import { setTimeout as delay } from 'node:timers/promises';
import { Chance } from '../support/chance.ts';
import { FAULTS } from '../support/faults/faults.ts';
import { FleetWorld, type RunFigures } from './fleet-world.ts';
import type { JournalFault, WireCounts } from './judged-wire.ts';
import { LoadedEnvironment } from './loaded-environment.ts';

export interface RunOptions {
  /** As in `cache.yaml`: `ttl`, `invocation` or a duration. */
  readonly mode: string;
  /** The mode whose promise is expected; `mode` if absent. */
  readonly judgedBy?: string;
  readonly seconds: number;
  readonly environments: number;
  readonly seed: number;
  /** Ends the run early; what it showed until then is the result. */
  readonly stop?: AbortSignal;
}

/** What a run showed. */
export interface RunResult {
  readonly mode: string;
  readonly figures: Readonly<RunFigures>;
  readonly counts: Readonly<WireCounts>;
  readonly reads: number;
  /** Reads that showed an older version than the newest that was acknowledged when they were sent. */
  readonly olderReads: number;
  /** Those of them that a later announced version replaces. */
  readonly olderAnnouncedReads: number;
  readonly oldestMs: number;
  readonly violations: readonly string[];
  readonly failures: readonly string[];
  /** How often each warning was logged. */
  readonly warnings: ReadonlyMap<string, number>;
}

const JOURNAL_FAULTS: readonly [JournalFault, ...JournalFault[]] = [
  { name: 'throttled', fault: FAULTS.throttle },
  { name: 'denied', fault: FAULTS['access-denied'] },
  { name: 'down', fault: FAULTS.reset },
  { name: 'silent', fault: FAULTS.hang },
  { name: 'checks fail', fault: FAULTS[500], operation: 'Query' },
  { name: 'announcements are denied', fault: FAULTS['access-denied'], operation: 'UpdateItem' },
  { name: 'answers to announcements are lost', fault: FAULTS['reset-midway'], operation: 'UpdateItem' },
];

/** In shorter runs, faults come faster. */
const FULL_PACE_SECONDS = 40;

/** Runs environments under load and faults, and judges all reads. */
export const runFleet = async (options: RunOptions): Promise<RunResult> => {
  const { mode, judgedBy = mode, seconds, environments: count, seed, stop } = options;
  const world = await FleetWorld.start(mode, judgedBy, new Chance(seed));
  const environments: LoadedEnvironment[] = [];
  try {
    for (let id = 0; id < count; id += 1) environments.push(await LoadedEnvironment.start(world, id));
    const endsAtMs = performance.now() + seconds * 1_000;
    const isOver = () => performance.now() >= endsAtMs || stop?.aborted === true;
    const pace = Math.min(1, seconds / FULL_PACE_SECONDS);
    await Promise.all([
      ...environments.map((environment) => environment.run(isOver)),
      breakJournals(world, pace, isOver),
      killEnvironments(world, environments, pace, isOver),
    ]);
    const { judge, figures, wire, violations, failures } = world;
    const { reads, olderReads, olderAnnouncedReads, oldestMs } = judge;
    const counts = { ...wire.counts };
    return {
      mode,
      figures,
      counts,
      reads,
      olderReads,
      olderAnnouncedReads,
      oldestMs,
      violations,
      failures,
      warnings: warningsOf(environments),
    };
  } finally {
    await Promise.all(environments.map((environment) => environment.close()));
    await world.close();
  }
};

const breakJournals = async (world: FleetWorld, pace: number, isOver: () => boolean): Promise<void> => {
  const { chance, wire, figures } = world;
  const pause = (low: number, high: number) => delay(chance.between(low, high) * pace);
  while (!isOver()) {
    await pause(4_000, 12_000);
    if (isOver()) return;
    figures.journalFaults += 1;
    wire.breakJournal(chance.pick(JOURNAL_FAULTS));
    await pause(500, 4_000);
    wire.healJournal();
    world.forgetRequests();
  }
};

const killEnvironments = async (
  { chance }: FleetWorld,
  environments: readonly LoadedEnvironment[],
  pace: number,
  isOver: () => boolean,
): Promise<void> => {
  while (!isOver()) {
    await delay(chance.between(4_000, 10_000) * pace);
    if (!isOver()) environments[chance.below(environments.length)]?.kill();
  }
};

const warningsOf = (environments: readonly LoadedEnvironment[]): ReadonlyMap<string, number> => {
  const counts = new Map<string, number>();
  for (const message of environments.flatMap(({ warnings }) => warnings))
    counts.set(message, (counts.get(message) ?? 0) + 1);
  return counts;
};
