import { type Coherence, parseCoherence } from '../../src/domain/cache/coherence.ts';
import { hashOf } from '../../src/domain/cache/journal-page.ts';
import { ConfiguredTable } from '../../src/domain/dynamodb/model/configured-tables.ts';
import type { Chance } from '../support/chance.ts';
import { startDynalite } from '../support/dynamodb/dynalite.ts';
import type { DynamoDbServer } from '../support/dynamodb/dynamodb-server.ts';
import { createJournalTable } from '../support/dynamodb/journal-subject.ts';
import { tableSpec } from '../support/dynamodb/table-spec.ts';
import { itemOf, MAX_LAG_MS } from './item-versions.ts';
import { JudgedWire } from './judged-wire.ts';
import type { NextVersion } from './loaded-environment.ts';
import { type AcknowledgedWrite, ReadJudge } from './read-judge.ts';

export const REGION = 'eu-west-1';
export const TABLE = 'Items';
const JOURNAL = 'Journal';
const KEYS = 200;
const TTL_MS = 20_000;
/** The longest time from the read of an item to the end of its lifetime, beyond that lifetime. */
const FILL_MS = 3_000;
/** After this time, an extension gives up an announcement: on a busy machine, also while the journal answers. */
const ANNOUNCING_MS = 1_000;
/** A request of a process that was killed arrives within this time, or never. */
const LATE_ARRIVAL_MS = 5_000;

/** What happened in a run, besides what the judge and the wire count. */
export class RunFigures {
  invocations = 0;
  timeouts = 0;
  hits = 0;
  bypasses = 0;
  failedReads = 0;
  writes = 0;
  unannouncedWrites = 0;
  unknownWrites = 0;
  kills = 0;
  journalFaults = 0;
}

/** What all environments of a run share. */
export class FleetWorld {
  readonly chance: Chance;
  readonly judge: ReadJudge;
  readonly wire: JudgedWire;
  readonly figures = new RunFigures();
  /** Reads that failed. */
  readonly failures: string[] = [];
  readonly #mode: string;
  readonly #coherence: Coherence;
  readonly #dynamodb: DynamoDbServer;
  readonly #defects: string[] = [];
  readonly #table = new ConfiguredTable(tableSpec({ name: TABLE, hashKey: { name: 'id', type: 'S' } }));
  readonly #ranks = zipfRanks(KEYS);
  readonly #versions = new Map<string, number>();
  readonly #reserved = new Set<string>();
  readonly #timers = new Set<NodeJS.Timeout>();

  private constructor(mode: string, judgedBy: string, chance: Chance, dynamodb: DynamoDbServer) {
    this.chance = chance;
    this.#mode = mode;
    this.#coherence = parseCoherence(judgedBy);
    this.#dynamodb = dynamodb;
    this.judge = new ReadJudge({ coherence: this.#coherence, maxAgeMs: TTL_MS + MAX_LAG_MS + FILL_MS });
    this.wire = new JudgedWire({ backend: dynamodb.directEndpoint, table: TABLE, journal: JOURNAL, chance });
  }

  /**
   * Starts a DynamoDB with the items and the journal.
   *
   * @param judgedBy the mode whose promise is expected; another than `mode` shows that the judge finds violations
   */
  static async start(mode: string, judgedBy: string, chance: Chance): Promise<FleetWorld> {
    const dynamodb = await startDynalite();
    const world = new FleetWorld(mode, judgedBy, chance, dynamodb);
    await dynamodb.createTable({ table: TABLE, hashKey: { name: 'id', type: 'S' } });
    await createJournalTable(dynamodb, JOURNAL);
    await dynamodb.putAll(
      TABLE,
      Array.from({ length: KEYS }, (_, rank) => itemOf(keyOfRank(rank), 1)),
    );
    for (let rank = 0; rank < KEYS; rank += 1) {
      world.#versions.set(keyOfRank(rank), 1);
      world.wire.versions.put(keyOfRank(rank), 1, Number.NEGATIVE_INFINITY);
    }
    dynamodb.proxy.inject({ fault: world.wire.handle });
    return world;
  }

  get endpoint(): string {
    return this.#dynamodb.endpoint;
  }

  get cacheYaml(): string {
    return `dynamodb:\n  - { table: ${TABLE}, hashKey: id, ttl: ${TTL_MS}ms, coherence: ${this.#mode} }\n`;
  }

  get variables(): Readonly<Record<string, string>> {
    return { CACHE_EXTENSION_JOURNAL_TABLE: JOURNAL, CACHE_EXTENSION_LOG_LEVEL: 'warn' };
  }

  get violations(): readonly string[] {
    return [...this.judge.violations, ...this.#defects];
  }

  /** A key by chance, some much more often than others. */
  anyKey(): string {
    return keyOfRank(this.#ranks(this.chance.fraction()));
  }

  /** Next versions of keys that nobody else writes until they are released, so that their order is known. */
  reserve(count: number): readonly NextVersion[] {
    const keys = new Set(Array.from({ length: count }, () => this.anyKey()));
    const free = [...keys].filter((key) => !this.#reserved.has(key));
    return free.map((key) => {
      const version = (this.#versions.get(key) ?? 0) + 1;
      this.#versions.set(key, version);
      this.#reserved.add(key);
      return { key, version };
    });
  }

  release(writes: readonly NextVersion[]): void {
    for (const { key } of writes) this.#reserved.delete(key);
  }

  /** Releases keys whose write may still arrive. */
  releaseLater(writes: readonly NextVersion[]): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      this.release(writes);
    }, LATE_ARRIVAL_MS);
    this.#timers.add(timer);
  }

  /** The client of the write has the answer now. */
  acknowledge(write: Pick<AcknowledgedWrite, 'key' | 'version' | 'process'>, begunAtMs: number): void {
    // Nobody announces with `ttl`: a judge of another mode must miss the announcement.
    const isAnnounced = this.#mode === 'ttl' || this.wire.isAnnounced(this.#hashOf(write.key), begunAtMs);
    this.figures.writes += 1;
    if (!isAnnounced) this.figures.unannouncedWrites += 1;
    const acknowledgedAtMs = performance.now();
    const tookMs = acknowledgedAtMs - begunAtMs;
    if (!isAnnounced && tookMs < ANNOUNCING_MS && !this.wire.hasFailed(begunAtMs))
      this.fail(
        `${write.process} acknowledged version ${write.version} of ${write.key} after ${Math.round(tookMs)} ms, unannounced`,
      );
    this.judge.acknowledge({ ...write, acknowledgedAtMs, isAnnounced });
  }

  /** Notes that something happened that must not. */
  fail(message: string): void {
    this.#defects.push(message);
  }

  /** The proxy keeps requests: a long run must not fill the memory. */
  forgetRequests(): void {
    this.#dynamodb.proxy.forget();
  }

  async close(): Promise<void> {
    for (const timer of this.#timers) clearTimeout(timer);
    await this.#dynamodb.close();
    this.wire.close();
  }

  #hashOf(id: string): number {
    const key = this.#table.keyIn({ id: { S: id } });
    if (key === undefined) throw new Error('a key of no table');
    return hashOf(key);
  }
}

const keyOfRank = (rank: number): string => `item-${rank}`;

/** Draws ranks from 0 by Zipf's law: the rank `n` is as likely as `1 / (n + 1)`. */
const zipfRanks = (count: number): ((fraction: number) => number) => {
  const sums: number[] = [];
  for (let rank = 0; rank < count; rank += 1) sums.push((sums.at(-1) ?? 0) + 1 / (rank + 1));
  const total = sums.at(-1) ?? 0;
  return (fraction) => {
    let [low, high] = [0, count - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((sums[middle] ?? 0) > fraction * total) high = middle;
      else low = middle + 1;
    }
    return low;
  };
};
