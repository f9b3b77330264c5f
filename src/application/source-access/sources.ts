import type { EntryKey } from '../../domain/cache/cache-entry.ts';
import type { Clock } from '../../ports/outbound/clock.ts';
import type { BatchAnswer, ItemSource, ReadOptions, SourceAnswer } from '../../ports/outbound/item-source.ts';
import { noSuchGroup } from '../groups.ts';
import type { Statistics } from '../statistics.ts';
import type { Fence } from '../storing/fence.ts';
import { consistentAfterWrite, type RecentWrites } from '../storing/recent-writes.ts';
import type { Invocation } from '../time/elapsed-time.ts';
import { Admission } from './admission.ts';
import { CircuitBreaker } from './circuit-breaker.ts';
import { SourceCaller } from './source-caller.ts';
import type { SourceGate } from './source-gate.ts';

/** Limits of the calls to one source. */
export interface SourceLimits {
  /** Milliseconds for one read; also the longest wait for a slot. */
  readonly timeoutMs: number;
  /** Calls at the same time. */
  readonly maxReads: number;
  /** Calls that may wait for a slot. */
  readonly maxWaitingReads: number;
  /** Reads of one group that the preload makes at the same time. */
  readonly preloadParallelism: number;
}

/** A group and the source of its entries. Groups that share a source share its limits. */
export interface GroupSource {
  readonly group: string;
  readonly source: ItemSource;
  readonly limits: SourceLimits;
}

/** What all sources of a cache share. */
export interface SharedParts {
  readonly gate: SourceGate;
  readonly fence: Fence;
  readonly recentWrites: RecentWrites;
  readonly invocation: Invocation;
  readonly statistics: Statistics;
  readonly clock: Clock;
  /** Called when the circuit of a group opens or closes. */
  readonly onCircuitChange: (group: string, isOpen: boolean) => void;
}

/** One source with its own admission control, circuit breaker and time-out, so that a slow source does not delay another one. */
export class SourceAccess {
  /** After a write, its reads are consistent. */
  readonly source: ItemSource;
  readonly limits: SourceLimits;
  readonly breaker: CircuitBreaker;
  readonly caller: SourceCaller;
  readonly #origin: ItemSource;

  constructor(
    source: ItemSource,
    limits: SourceLimits,
    { recentWrites, onCircuitChange, ...shared }: SharedParts,
  ) {
    const { timeoutMs, maxReads, maxWaitingReads } = limits;
    this.#origin = source;
    this.source = consistentAfterWrite(source, recentWrites);
    this.limits = limits;
    this.breaker = new CircuitBreaker(onCircuitChange);
    const admission = new Admission(
      { slots: maxReads, waiting: maxWaitingReads, maxWaitMs: timeoutMs },
      shared.clock,
    );
    this.caller = new SourceCaller({ ...shared, admission, breaker: this.breaker, timeoutMs });
  }

  /**
   * Keys in batches, in order: each for one call of `readKeys`. A source may lower its limit.
   *
   * @throws {TypeError} if the limit of the source is not a whole number of at least 1
   */
  batchesOf(keys: readonly EntryKey[]): readonly (readonly EntryKey[])[] {
    const { readMany, batchLimit = 1 } = this.#origin;
    if (!(Number.isInteger(batchLimit) && batchLimit >= 1))
      throw new TypeError(`batchLimit of a source is ${batchLimit}; allowed: a whole number of 1 or more`);
    const size = readMany === undefined ? 1 : batchLimit;
    return Array.from({ length: Math.ceil(keys.length / size) }, (_, index) =>
      keys.slice(index * size, (index + 1) * size),
    );
  }

  /** Reads a batch of keys of one group with one call. */
  async readKeys(keys: readonly EntryKey[], options: ReadOptions): Promise<BatchAnswer> {
    if (this.source.readMany !== undefined) return this.source.readMany(keys, options);
    return { answers: await Promise.all(keys.map((key) => this.source.read(key, options))), unprocessed: [] };
  }
}

/** The source of each group. */
export class Sources {
  readonly #byGroup: ReadonlyMap<string, SourceAccess>;

  /** @throws {TypeError} if a limit is out of range, or groups share a source and state different limits for it */
  constructor(groups: readonly GroupSource[], shared: SharedParts) {
    const accesses = new Map<ItemSource, SourceAccess>();
    const byGroup = new Map<string, SourceAccess>();
    for (const { group, source, limits } of groups) {
      check(group, limits);
      const known = accesses.get(source);
      if (known !== undefined && !areEqual(known.limits, limits))
        throw new TypeError(
          `group "${group}" states other limits than a group that shares its source: give both the same limits`,
        );
      const access = known ?? new SourceAccess(source, limits, shared);
      accesses.set(source, access);
      byGroup.set(group, access);
    }
    this.#byGroup = byGroup;
  }

  /** @throws {RangeError} if the group does not exist, which is a defect: addresses are checked earlier */
  of(group: string): SourceAccess {
    const access = this.#byGroup.get(group);
    if (access === undefined) throw noSuchGroup();
    return access;
  }
}

/** The least value of each limit. */
const LEAST = [
  ['timeoutMs', 1],
  ['maxReads', 1],
  ['maxWaitingReads', 0],
  ['preloadParallelism', 1],
] as const;

const areEqual = (left: SourceLimits, right: SourceLimits): boolean =>
  LEAST.every(([name]) => left[name] === right[name]);

const check = (group: string, limits: SourceLimits): void => {
  for (const [name, least] of LEAST) {
    if (!(limits[name] >= least))
      throw new TypeError(`limits.${name} of group "${group}" is ${limits[name]}; allowed: ${least} or more`);
  }
};

/**
 * Wraps the calls of a source, and rejects an answer that breaks the contract of `ItemSource` with a `TypeError` that names
 * the mistake. Such an answer would be served for another key, or have no age.
 */
export const checkedSource = (source: ItemSource): ItemSource => {
  const { mayShare, readMany, checkGroup, readGroup } = source;
  return {
    ...(mayShare === undefined ? {} : { mayShare }),
    read: async (key, options) => {
      const answer = await source.read(key, options);
      if (answer.key.text !== key.text)
        throw broken(key.group, 'read answered another key than the one it was given');
      checkAnswer(answer);
      return answer;
    },
    get batchLimit() {
      return source.batchLimit ?? 1;
    },
    ...(readMany && {
      readMany: async (keys, options) => {
        const batch = await readMany.call(source, keys, options);
        checkBatch(batch, keys);
        return batch;
      },
    }),
    ...(checkGroup && { checkGroup: (group, options) => checkGroup.call(source, group, options) }),
    ...(readGroup && {
      readGroup: async (group, cursor, options) => {
        const page = await readGroup.call(source, group, cursor, options);
        return { ...page, answers: checkedAnswers(page.answers, group) };
      },
    }),
  };
};

const checkBatch = ({ answers, unprocessed, refused = [] }: BatchAnswer, keys: readonly EntryKey[]): void => {
  const asked = new Set(keys.map(({ text }) => text));
  const named = [...answers.map(({ key }) => key), ...unprocessed, ...refused.map(({ key }) => key)];
  for (const { text } of named) {
    if (!asked.has(text)) throw broken(keys[0]?.group, 'readMany named a key that it was not given');
  }
  for (const answer of answers) checkAnswer(answer);
};

function* checkedAnswers(answers: Iterable<SourceAnswer>, group: string): Generator<SourceAnswer> {
  for (const answer of answers) {
    if (answer.key.group !== group) throw broken(group, 'readGroup answered a key of another group');
    checkAnswer(answer);
    yield answer;
  }
}

const checkAnswer = ({ key, askedAt, bodies }: SourceAnswer): void => {
  if (!Array.isArray(bodies)) throw broken(key.group, 'an answer has no array of bodies');
  if (Number.isFinite(askedAt)) return;
  const given = typeof askedAt === 'number' ? askedAt : typeof askedAt;
  throw broken(key.group, `askedAt of an answer is ${given}; allowed: milliseconds since the epoch`);
};

const broken = (group: string | undefined, mistake: string): TypeError =>
  new TypeError(`the source of group "${group}" breaks the contract of ItemSource: ${mistake}`);
