import type { CacheEntry, EntryKey } from '../../domain/cache/cache-entry.ts';
import { SourceRefusedError, SourceThrottledError } from '../../domain/cache/errors.ts';
import type { Clock } from '../../ports/outbound/clock.ts';
import type { RefusedKey, SourceAnswer } from '../../ports/outbound/item-source.ts';
import type { Groups } from '../groups.ts';
import { CallAbandonedError } from '../source-access/source-caller.ts';
import type { SourceAccess, Sources } from '../source-access/sources.ts';
import type { EntryWriter } from '../storing/entry-writer.ts';
import type { RecentWrites } from '../storing/recent-writes.ts';
import type { ElapsedTime } from '../time/elapsed-time.ts';
import { FREEZE_THRESHOLD_MS } from '../time/timers.ts';
import type { FailureBackoff } from './failure-backoff.ts';

/** How a read ended, for all readers that share it. */
export interface ReadOutcome {
  readonly entry: CacheEntry;
  /** Whether the entry is in the store now. */
  readonly stored: boolean;
}

/** What a reader demands of a shared read. */
export interface ReadDemand {
  readonly contentType: string;
  /** Whether the source must be asked after the reader's own request. */
  readonly exact: boolean;
}

/** One read of a key from the source, shared by all readers that wait for it. */
export class SharedRead {
  readonly key: EntryKey;
  /** Whether only the source itself may answer. */
  isExact: boolean;
  /** Settles once, however often the source has to be asked. */
  readonly outcome: Promise<ReadOutcome>;
  /** Readers that wait; 0 for a background refresh. */
  readers = 0;
  /** Wall time at which the source was asked; absent before that. */
  askedAt: number | undefined;
  /** The same as elapsed time. */
  askedElapsed: number | undefined;
  #fulfil: (outcome: ReadOutcome) => void = () => undefined;
  #fail: (error: unknown) => void = () => undefined;
  #contentTypes: readonly string[] = [];
  #superseded = false;
  #abandoned = false;
  #abort = new AbortController();

  constructor(key: EntryKey, isExact = false) {
    this.key = key;
    this.isExact = isExact;
    this.outcome = new Promise<ReadOutcome>((resolve, reject) => {
      this.#fulfil = resolve;
      this.#fail = reject;
    });
    // Readers handle the failure. The failure of a background refresh must not end the process.
    this.outcome.catch(() => undefined);
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /** Whether the call was abandoned and no reader waits, so that the read ends without an answer. */
  get isAbandoned(): boolean {
    return this.#abandoned && this.readers === 0;
  }

  /** Whether a reader may share this read: always before the source is asked; afterwards if the answer will meet its demand. */
  canServe(demand: ReadDemand): boolean {
    if (this.askedAt === undefined) return true;
    return !this.#superseded && !demand.exact && this.#contentTypes.includes(demand.contentType);
  }

  /** The source is asked now, for these content types. */
  markAsked(now: number, elapsed: number, contentTypes: readonly string[]): void {
    this.askedAt = now;
    this.askedElapsed = elapsed;
    this.#contentTypes = contentTypes;
    this.#superseded = false;
    this.#abandoned = false;
  }

  /** The key was invalidated: readers that arrive from now on do not share the running call. */
  markSuperseded(): void {
    this.#superseded = true;
  }

  /** Gives up the running call. The read continues if the source is asked again. */
  abandon(): void {
    const abandoned = this.#abort;
    this.#abort = new AbortController();
    this.askedAt = undefined;
    this.askedElapsed = undefined;
    this.#abandoned = true;
    abandoned.abort(new CallAbandonedError());
  }

  resolve(outcome: ReadOutcome): void {
    this.#fulfil(outcome);
  }

  reject(error: unknown): void {
    this.#fail(error);
  }
}

/** A reader's share in a read. */
export interface JoinedRead {
  readonly outcome: Promise<ReadOutcome>;
  /** Whether the read was running or queued already. */
  readonly collapsed: boolean;
}

export interface SingleFlightParts {
  readonly sources: Sources;
  readonly writer: EntryWriter;
  readonly groups: Groups;
  readonly backoff: FailureBackoff;
  readonly recentWrites: Pick<RecentWrites, 'mayBeStale'>;
  readonly clock: Clock;
  readonly elapsed: ElapsedTime;
}

/** Reads single keys from their source: for each key, at most one read is running and one is queued. */
export class SingleFlight {
  readonly #parts: SingleFlightParts;
  readonly #running = new Map<string, SharedRead>();
  readonly #queued = new Map<string, SharedRead>();

  constructor(parts: SingleFlightParts) {
    this.#parts = parts;
  }

  /** Has a reader share the running read if that meets its demand, else the queued one. */
  join(key: EntryKey, demand: ReadDemand): JoinedRead {
    this.#parts.groups.keepContentType(key.group, demand.contentType);
    const running = this.#running.get(key.text);
    const shared =
      running?.canServe(demand) === true && !this.#mayBeStale(running) ? running : this.#queued.get(key.text);
    const read =
      shared ?? (running === undefined ? this.#start(key, demand.exact) : this.#queue(key, demand.exact));
    // Not too late: a read that was asked is not shared by a reader with this demand.
    if (demand.exact) read.isExact = true;
    read.readers += 1;
    return { outcome: read.outcome, collapsed: shared !== undefined };
  }

  /** Reads the key again for the store, unless a read is running; resolves when that read has ended, even if it failed. */
  async refresh(key: EntryKey): Promise<void> {
    const frozen = this.#running.get(key.text);
    if (frozen?.isAbandoned === true) await frozen.outcome.catch(() => undefined);
    const read = this.#running.get(key.text) ?? this.#start(key, true);
    await read.outcome.catch(() => undefined);
  }

  /**
   * Reads keys of one group again for the store, in as few calls as the source allows. Keys that are being read are not asked
   * again. Resolves when all these reads have ended, even if they failed.
   */
  async refreshMany(keys: readonly EntryKey[]): Promise<void> {
    const [first] = keys;
    if (first === undefined) return;
    const access = this.#parts.sources.of(first.group);
    const running = new Set(keys.filter((key) => this.#running.has(key.text)));
    const chunks = this.#batchesOf(
      access,
      keys.filter((key) => !running.has(key)),
    );
    const runChunk = (chunk: readonly EntryKey[]): Promise<unknown> =>
      chunk.length > 1
        ? this.#runTogether(access, chunk)
        : Promise.all(chunk.map((only) => this.refresh(only)));
    await Promise.all([...[...running].map((key) => this.refresh(key)), ...chunks.map(runChunk)]);
  }

  /** Each key alone if the source states no usable limit: that defect must not end the process. */
  #batchesOf(access: SourceAccess, keys: readonly EntryKey[]): readonly (readonly EntryKey[])[] {
    try {
      return access.batchesOf(keys);
    } catch (error) {
      this.#parts.backoff.reportDefect(error);
      return keys.map((key) => [key]);
    }
  }

  /** Whether a running read will answer for the key. */
  isReading(key: EntryKey): boolean {
    return this.#running.get(key.text)?.isAbandoned === false;
  }

  /** Keeps readers that arrive from now on from sharing the running read of the key. */
  markSuperseded(key: EntryKey): void {
    this.#running.get(key.text)?.markSuperseded();
  }

  /** The same for all keys of a group. */
  markGroupSuperseded(group: string): void {
    for (const read of this.#running.values()) if (read.key.group === group) read.markSuperseded();
  }

  /**
   * At the start of an invocation: abandons calls that are likely to have been frozen. For readers that still wait, the
   * source is asked again.
   */
  abandonFrozen(): void {
    const now = this.#parts.clock.now();
    for (const read of this.#running.values()) {
      const { askedAt = now } = read;
      if (now < askedAt || now - askedAt > FREEZE_THRESHOLD_MS) read.abandon();
    }
  }

  /** Whether the source may have answered before a write of unknown outcome was applied: a later reader may expect to see it. */
  #mayBeStale({ key, askedElapsed }: SharedRead): boolean {
    return askedElapsed !== undefined && this.#parts.recentWrites.mayBeStale(key, askedElapsed);
  }

  #queue(key: EntryKey, isExact: boolean): SharedRead {
    const read = new SharedRead(key, isExact);
    this.#queued.set(read.key.text, read);
    return read;
  }

  #start(key: EntryKey, isExact: boolean): SharedRead {
    return this.#begin(new SharedRead(key, isExact));
  }

  #begin(read: SharedRead): SharedRead {
    this.#running.set(read.key.text, read);
    void this.#run(read);
    return read;
  }

  async #run(read: SharedRead): Promise<void> {
    try {
      read.resolve(await this.#call(read));
    } catch (error) {
      if (error instanceof CallAbandonedError && read.readers > 0) {
        read.abandon();
        return this.#run(read);
      }
      read.reject(error);
    }
    this.#startNext(read.key);
  }

  /**
   * Makes one call for several reads. A read that it leaves unanswered runs alone, unless the failure concerns it too.
   * Resolves when all have ended.
   */
  async #runTogether(access: SourceAccess, keys: readonly EntryKey[]): Promise<void> {
    const reads = new Map(keys.map((key) => [key.text, new SharedRead(key, true)]));
    for (const [text, read] of reads) this.#running.set(text, read);
    try {
      await this.#callTogether(access, keys, reads);
    } catch (error) {
      for (const [text, read] of reads) {
        const mayRunAlone =
          error instanceof SourceRefusedError || (error instanceof CallAbandonedError && read.readers > 0);
        if (error instanceof CallAbandonedError) read.abandon();
        if (mayRunAlone) continue;
        reads.delete(text);
        read.reject(error);
        this.#startNext(read.key);
      }
    }
    await Promise.all([...reads.values()].map((read) => this.#run(read)));
  }

  /** Settles the reads that are answered, and removes them from `reads`. */
  #callTogether(
    access: SourceAccess,
    keys: readonly EntryKey[],
    reads: Map<string, SharedRead>,
  ): Promise<void> {
    const [first] = reads.values();
    if (first === undefined) return Promise.resolve();
    const { group } = first.key;
    return access.caller.call({
      group,
      // All keys are asked at the same time, so all are given up together.
      signal: first.signal,
      ask: (signal) => {
        const contentTypes = this.#parts.groups.contentTypesOf(group);
        for (const read of reads.values()) this.#markAsked(read, contentTypes);
        return access.readKeys(keys, { contentTypes, signal });
      },
      onAnswer: ({ answers, unprocessed, refused = [] }, order) => {
        for (const answer of answers) this.#settle(answer, order, reads);
        for (const refusal of refused) this.#settleRefused(refusal, order, reads);
        for (const key of unprocessed) this.#settleUnprocessed(key, reads);
      },
      onFailure: (error, order) => {
        const isAwaited = [...reads.values()].some(({ readers }) => readers > 0);
        this.#parts.backoff.batchFailed(keys, error, order, isAwaited);
      },
    });
  }

  #settle(answer: SourceAnswer, order: number, reads: Map<string, SharedRead>): void {
    const read = reads.get(answer.key.text);
    if (read === undefined) return;
    // First: a read whose answer cannot be stored is still among those that fail.
    const outcome = this.#store(answer, order);
    reads.delete(answer.key.text);
    read.resolve(outcome);
    this.#startNext(read.key);
  }

  #settleRefused({ key, error }: RefusedKey, order: number, reads: Map<string, SharedRead>): void {
    const read = reads.get(key.text);
    if (read === undefined) return;
    reads.delete(key.text);
    // Only a defect is logged where no reader waits, and a refusal is not a defect.
    this.#parts.backoff.failed([key], error, order, false);
    read.reject(error);
    this.#startNext(key);
  }

  /** A source that is short of capacity is asked again only for readers. */
  #settleUnprocessed(key: EntryKey, reads: Map<string, SharedRead>): void {
    const read = reads.get(key.text);
    if (read === undefined || read.readers > 0) return;
    reads.delete(key.text);
    read.reject(new SourceThrottledError('the source left out this key, which no reader waits for'));
    this.#startNext(key);
  }

  #store(answer: SourceAnswer, order: number): ReadOutcome {
    this.#parts.backoff.succeeded(answer.key);
    const { entry, outcome } = this.#parts.writer.write(answer, order);
    return { entry, stored: outcome === 'stored' };
  }

  #markAsked(read: SharedRead, contentTypes: readonly string[]): void {
    const { clock, elapsed } = this.#parts;
    read.markAsked(clock.now(), elapsed.now(), contentTypes);
  }

  #startNext(key: EntryKey): void {
    const next = this.#queued.get(key.text);
    this.#queued.delete(key.text);
    this.#running.delete(key.text);
    if (next !== undefined) this.#begin(next);
  }

  #call(read: SharedRead): Promise<ReadOutcome> {
    const { key, signal } = read;
    const { source, caller, breaker } = this.#parts.sources.of(key.group);
    return caller.call({
      group: key.group,
      signal,
      ask: (callSignal) => {
        const contentTypes = this.#parts.groups.contentTypesOf(key.group);
        this.#markAsked(read, contentTypes);
        // A probe must reach the source.
        const acceptsShared = !read.isExact && !breaker.isOpen(key.group);
        return source.read(key, { contentTypes, acceptsShared, signal: callSignal });
      },
      ...(source.mayShare === true && { asksSource: (answer: SourceAnswer) => answer.isShared !== true }),
      onAnswer: (answer, order) => this.#store(answer, order),
      onFailure: (error, order) => this.#parts.backoff.failed([key], error, order, read.readers > 0),
    });
  }
}
