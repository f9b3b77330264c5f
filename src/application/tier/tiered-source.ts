import type { EntryKey } from '../../domain/cache/cache-entry.ts';
import { hashOf, isUnchangedSince, type JournalPage, stampOf } from '../../domain/cache/journal-page.ts';
import type { Lifetimes } from '../../domain/cache/ttl-policy.ts';
import type { Clock } from '../../ports/outbound/clock.ts';
import type { Digest } from '../../ports/outbound/digest.ts';
import type { BatchAnswer, ItemSource, ReadOptions, SourceAnswer } from '../../ports/outbound/item-source.ts';
import type { Random } from '../../ports/outbound/random.ts';
import type { SharedEntry } from '../../ports/outbound/shared-entries.ts';
import type { CoherenceGate } from '../coherence/coherence-gate.ts';
import type { ReadFloors } from '../storing/read-floors.ts';
import type { RecentWrites } from '../storing/recent-writes.ts';
import type { ElapsedTime } from '../time/elapsed-time.ts';
import type { TierCalls } from './tier-calls.ts';
import { decodeTierValue, encodeTierValue, type TierValue } from './tier-value.ts';

/** Larger values are not shared: to read one could take longer than to read the item. */
const MAX_VALUE_BYTES = 1_048_576;

/** A group whose entries environments share. */
export interface TieredGroup {
  /** Environments that have it in common read the same entries, with the same permissions. */
  readonly space: string;
  readonly lifetimes: Lifetimes;
}

export interface TieredSourceParts {
  readonly groups: ReadonlyMap<string, TieredGroup>;
  readonly calls: TierCalls;
  readonly coherence: Pick<CoherenceGate, 'pagesOf' | 'mayUseMemory'>;
  readonly recentWrites: Pick<RecentWrites, 'mayBeStale'>;
  readonly floors: Pick<ReadFloors, 'admits' | 'mayAdmitBefore'>;
  readonly elapsed: ElapsedTime;
  readonly digest: Digest;
  readonly random: Random;
  readonly clock: Clock;
}

/** When something was asked, and what was known of the group's keys then. */
interface Asked {
  readonly elapsed: number;
  readonly pages: readonly JournalPage[] | undefined;
}

/** The source, with a second tier before it: first what other environments have read, then the source itself. */
export const tieredSource = (origin: ItemSource, parts: TieredSourceParts): ItemSource => {
  const reads = new TieredReads(origin, parts);
  const { readMany, checkGroup, readGroup } = origin;
  return {
    mayShare: true,
    read: (key, options) => reads.read(key, options),
    get batchLimit() {
      return origin.batchLimit ?? 1;
    },
    ...(readMany && { readMany: (keys, options) => reads.readMany(keys, options, readMany.bind(origin)) }),
    ...(checkGroup && { checkGroup: checkGroup.bind(origin) }),
    ...(readGroup && { readGroup: readGroup.bind(origin) }),
  };
};

class TieredReads {
  readonly #origin: ItemSource;
  readonly #parts: TieredSourceParts;

  constructor(origin: ItemSource, parts: TieredSourceParts) {
    this.#origin = origin;
    this.#parts = parts;
  }

  async read(key: EntryKey, options: ReadOptions): Promise<SourceAnswer> {
    const group = this.#parts.groups.get(key.group);
    if (group === undefined) return this.#origin.read(key, options);
    const found = (await this.#found([key], options, group)).get(key.text);
    if (found !== undefined) return found;
    const asked = this.#ask(key.group);
    const answer = this.#distinct(await this.#origin.read(key, consistently(options)));
    this.#share([answer], asked, group);
    return answer;
  }

  async readMany(
    keys: readonly EntryKey[],
    options: ReadOptions,
    readMany: NonNullable<ItemSource['readMany']>,
  ): Promise<BatchAnswer> {
    const [first] = keys;
    const group = first && this.#parts.groups.get(first.group);
    if (first === undefined || group === undefined) return readMany(keys, options);
    const found = await this.#found(keys, options, group);
    const others = keys.filter(({ text }) => !found.has(text));
    if (others.length === 0) return { answers: [...found.values()], unprocessed: [], isShared: true };
    const asked = this.#ask(first.group);
    const read = await readMany(others, consistently(options));
    const answers = read.answers.map((answer) => this.#distinct(answer));
    this.#share(answers, asked, group);
    return { ...read, answers: [...found.values(), ...answers] };
  }

  /** What the tier has of these keys of one group, as far as it is certain that nothing has changed since. */
  async #found(
    keys: readonly EntryKey[],
    options: ReadOptions,
    group: TieredGroup,
  ): Promise<ReadonlyMap<string, SourceAnswer>> {
    const { calls, coherence, floors, clock } = this.#parts;
    const found = new Map<string, SourceAnswer>();
    const [first] = keys;
    if (first === undefined || options.acceptsShared !== true || !coherence.mayUseMemory(first.group))
      return found;
    // Nothing is asked of the tier that could not be used.
    const now = clock.now();
    const usable = isKept(group) ? keys.filter((key) => floors.mayAdmitBefore(key, now)) : [];
    if (usable.length === 0) return found;
    const values = await calls.getMany(usable.map((key) => this.#nameOf(key, group)));
    options.signal.throwIfAborted();
    if (values === undefined) return found;
    // By what is known now: a check may have ended, or a freeze begun and ended, while the tier was asked.
    const pages = coherence.mayUseMemory(first.group) ? coherence.pagesOf(first.group) : undefined;
    for (const [index, key] of usable.entries()) {
      const value = this.#usable(key, values[index], options, group);
      if (value === undefined) calls.counts.misses += 1;
      else if (pages !== undefined && this.#isProved(key, value, pages)) {
        calls.counts.hits += 1;
        found.set(key.text, { key, askedAt: value.askedAt, bodies: value.bodies, isShared: true });
      } else calls.counts.unproved += 1;
    }
    return found;
  }

  /** The value, if it is readable, complete and fresh. */
  #usable(
    key: EntryKey,
    bytes: Uint8Array | undefined,
    { contentTypes }: ReadOptions,
    group: TieredGroup,
  ): TierValue | undefined {
    const { digest, clock } = this.#parts;
    const value = bytes && decodeTierValue(this.#nameOf(key, group), bytes, digest);
    if (value === undefined) return undefined;
    const has = (type: string) => value.bodies.some(({ contentType }) => contentType === type);
    if (value.bodies.length > 0 && !contentTypes.every(has)) return undefined;
    const ageMs = clock.now() - value.askedAt;
    // An age below zero is unknown: the clocks differ.
    return ageMs >= 0 && ageMs < lifetimeOf(value, group) ? value : undefined;
  }

  #isProved(key: EntryKey, { stamp, askedAt }: TierValue, pages: readonly JournalPage[]): boolean {
    return this.#parts.floors.admits(key, askedAt) && isUnchangedSince(stamp, hashOf(key), pages);
  }

  /** Call it before the source is asked. */
  #ask(group: string): Asked {
    const { elapsed, coherence } = this.#parts;
    return { elapsed: elapsed.now(), pages: coherence.pagesOf(group) };
  }

  /** Gives an answer a time of its own, so that two answers of one millisecond can be told apart. */
  #distinct(answer: SourceAnswer): SourceAnswer {
    return { ...answer, askedAt: answer.askedAt - this.#parts.random.fraction() };
  }

  /** Stores consistent answers for others. No reader waits for that. */
  #share(answers: readonly SourceAnswer[], { elapsed, pages }: Asked, group: TieredGroup): void {
    const { calls, recentWrites, digest, clock } = this.#parts;
    if (pages === undefined) return;
    const entries: SharedEntry[] = [];
    for (const { key, askedAt, bodies } of answers) {
      // A write of unknown outcome may be applied later, and is not announced again.
      if (recentWrites.mayBeStale(key, elapsed)) continue;
      const value: TierValue = { askedAt, bodies, stamp: stampOf(hashOf(key), pages) };
      const lifetimeMs = Math.ceil(lifetimeOf(value, group) - (clock.now() - askedAt));
      if (lifetimeMs <= 0) continue;
      const name = this.#nameOf(key, group);
      const bytes = encodeTierValue(name, value, digest);
      if (bytes.length <= MAX_VALUE_BYTES) entries.push({ name, bytes, lifetimeMs });
    }
    calls.setMany(entries);
  }

  /** A digest, because names may be seen in logs and tools of the tier. */
  #nameOf(key: EntryKey, { space }: TieredGroup): string {
    return this.#parts.digest.digestOf(encoder.encode(JSON.stringify([space, key.id])));
  }
}

const encoder = new TextEncoder();

/** Others must not be given what an eventually consistent read may have missed. */
const consistently = (options: ReadOptions): ReadOptions => ({ ...options, consistent: true });

const isKept = ({ lifetimes: { ttlMs, negativeTtlMs } }: TieredGroup): boolean =>
  Math.max(ttlMs, negativeTtlMs) > 0;

const lifetimeOf = ({ bodies }: Pick<TierValue, 'bodies'>, { lifetimes }: TieredGroup): number =>
  bodies.length === 0 ? lifetimes.negativeTtlMs : lifetimes.ttlMs;
