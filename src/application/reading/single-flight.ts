import type { CacheEntry } from '../../domain/cache/cache-entry.ts';
import type { EntryKey } from '../../domain/cache/entry-key.ts';
import { SourceRefusedError } from '../../domain/cache/errors.ts';
import type { Clock } from '../../ports/outbound/clock.ts';
import type { ItemSource, SourceAnswer } from '../../ports/outbound/item-source.ts';
import type { Groups } from '../groups.ts';
import { CallAbandonedError, type SourceCaller } from '../source-access/source-caller.ts';
import type { EntryWriter } from '../storing/entry-writer.ts';
import { FREEZE_THRESHOLD_MS } from '../time/freeze-aware-timer.ts';
import { chunksOf } from '../time/slices.ts';
import type { Aftermath } from './failure-backoff.ts';

/** How a flight ended, for all who waited for it. */
export interface ReadOutcome {
  readonly entry: CacheEntry;
  /** Whether the entry is kept now. */
  readonly stored: boolean;
}

/** What a reader asks of a flight. */
export interface ReadDemand {
  readonly contentType: string;
  /** Whether the reader wants an answer that was asked for after its own request. */
  readonly exact: boolean;
}

/** One read of a key on its way to the source, shared by all who wait for it. */
export class SharedRead {
  readonly key: EntryKey;
  /** Settles once, however often the source has to be asked. */
  readonly outcome: Promise<ReadOutcome>;
  /** How many readers wait; none for a refresh that nobody waits for. */
  readers = 0;
  /** Wall time at which the source was asked; absent before. */
  askedAt: number | undefined;
  #fulfil: (landing: ReadOutcome) => void = () => undefined;
  #fail: (error: unknown) => void = () => undefined;
  #contentTypes: readonly string[] = [];
  #superseded = false;
  #abandoned = false;
  #abort = new AbortController();

  constructor(key: EntryKey) {
    this.key = key;
    this.outcome = new Promise<ReadOutcome>((resolve, reject) => {
      this.#fulfil = resolve;
      this.#fail = reject;
    });
    // Readers handle the failure; a refresh that nobody waits for must not end the process with it.
    this.outcome.catch(() => undefined);
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /** Whether the call was abandoned and nobody waits, so that the flight ends without an answer. */
  get isAbandoned(): boolean {
    return this.#abandoned && this.readers === 0;
  }

  /** Whether the passenger may share this flight: always before the source was asked, afterwards only for what it brings. */
  canServe(passenger: ReadDemand): boolean {
    if (this.askedAt === undefined) return true;
    return !this.#superseded && !passenger.exact && this.#contentTypes.includes(passenger.contentType);
  }

  /** The source is being asked now, for these content types. */
  markAsked(now: number, contentTypes: readonly string[]): void {
    this.askedAt = now;
    this.#contentTypes = contentTypes;
    this.#superseded = false;
    this.#abandoned = false;
  }

  /** The key was invalidated: who comes now must not get what was asked before. */
  markSuperseded(): void {
    this.#superseded = true;
  }

  /** Gives up the call on its way. The flight itself goes on if it is asked again. */
  abandon(): void {
    const abandoned = this.#abort;
    this.#abort = new AbortController();
    this.askedAt = undefined;
    this.#abandoned = true;
    abandoned.abort(new CallAbandonedError());
  }

  resolve(landing: ReadOutcome): void {
    this.#fulfil(landing);
  }

  reject(error: unknown): void {
    this.#fail(error);
  }
}

/** A place in a flight. */
export interface JoinedRead {
  readonly outcome: Promise<ReadOutcome>;
  /** Whether the flight was there already. */
  readonly collapsed: boolean;
}

/** Reads single keys from the source, so that for each there is at most one flight in the air and one queued behind it. */
export class SingleFlight {
  readonly #source: ItemSource;
  readonly #calls: SourceCaller;
  readonly #writer: EntryWriter;
  readonly #groups: Groups;
  readonly #backoff: Aftermath;
  readonly #clock: Clock;
  readonly #running = new Map<string, SharedRead>();
  readonly #queued = new Map<string, SharedRead>();

  constructor(
    source: ItemSource,
    calls: SourceCaller,
    writer: EntryWriter,
    groups: Groups,
    aftermath: Aftermath,
    clock: Clock,
  ) {
    this.#source = source;
    this.#calls = calls;
    this.#writer = writer;
    this.#groups = groups;
    this.#backoff = aftermath;
    this.#clock = clock;
  }

  /** Puts a reader on the flight in the air if it may still board, else on the one behind it. */
  join(key: EntryKey, passenger: ReadDemand): JoinedRead {
    this.#groups.keepContentType(key.group, passenger.contentType);
    const air = this.#running.get(key.text);
    const shared = air?.canServe(passenger) === true ? air : this.#queued.get(key.text);
    const flight =
      shared ?? (air === undefined ? this.#start(new SharedRead(key)) : this.#queue(new SharedRead(key)));
    flight.readers += 1;
    return { outcome: flight.outcome, collapsed: shared !== undefined };
  }

  /** Reads the key again for the store's sake, unless it is being read already; resolves when it is read, or cannot be. */
  async refresh(key: EntryKey): Promise<void> {
    const slept = this.#running.get(key.text);
    if (slept?.isAbandoned === true) await slept.outcome.catch(() => undefined);
    const flight = this.#running.get(key.text) ?? this.#start(new SharedRead(key));
    await flight.outcome.catch(() => undefined);
  }

  /** Reads keys of one group again for the store's sake, in as few calls as the source allows; those that are being read already are left out. */
  refreshMany(keys: readonly EntryKey[]): void {
    const { batchLimit = 1, readMany } = this.#source;
    const free = keys.filter((key) => !this.#running.has(key.text));
    for (const key of keys) if (!free.includes(key)) void this.refresh(key);
    for (const chunk of chunksOf(free, readMany === undefined ? 1 : batchLimit)) {
      const [first, ...others] = chunk;
      if (first !== undefined && others.length === 0) this.#start(new SharedRead(first));
      else void this.#runTogether(chunk);
    }
  }

  /** Whether a flight is under way that will bring an answer for the key. */
  isReading(key: EntryKey): boolean {
    return this.#running.get(key.text)?.isAbandoned === false;
  }

  /** Sees to it that who comes now does not get what was asked before. */
  markSuperseded(key: EntryKey): void {
    this.#running.get(key.text)?.markSuperseded();
  }

  /** Spoils the flights of a whole group. */
  markGroupSuperseded(group: string): void {
    for (const flight of this.#running.values()) if (flight.key.group === group) flight.markSuperseded();
  }

  /** At the beginning of an invocation: gives up the calls that are likely to have slept before it; who still waits for them has them asked again. */
  abandonFrozen(): void {
    const now = this.#clock.now();
    for (const flight of this.#running.values()) {
      const { askedAt = now } = flight;
      if (now < askedAt || now - askedAt > FREEZE_THRESHOLD_MS) flight.abandon();
    }
  }

  #queue(flight: SharedRead): SharedRead {
    this.#queued.set(flight.key.text, flight);
    return flight;
  }

  #start(flight: SharedRead): SharedRead {
    this.#running.set(flight.key.text, flight);
    void this.#run(flight);
    return flight;
  }

  async #run(flight: SharedRead): Promise<void> {
    try {
      flight.resolve(await this.#call(flight));
    } catch (error) {
      if (error instanceof CallAbandonedError && flight.readers > 0) {
        flight.abandon();
        return this.#run(flight);
      }
      flight.reject(error);
    }
    this.#startNext(flight.key);
  }

  /** One call for several flights. Those for which it brings no answer fly alone, as far as that is of use. */
  async #runTogether(keys: readonly EntryKey[]): Promise<void> {
    const flights = new Map(keys.map((key) => [key.text, new SharedRead(key)]));
    for (const [text, flight] of flights) this.#running.set(text, flight);
    try {
      await this.#callTogether(keys, flights);
    } catch (error) {
      for (const [text, flight] of flights) {
        const mayFlyAlone =
          error instanceof SourceRefusedError || (error instanceof CallAbandonedError && flight.readers > 0);
        if (error instanceof CallAbandonedError) flight.abandon();
        if (mayFlyAlone) continue;
        flights.delete(text);
        flight.reject(error);
        this.#startNext(flight.key);
      }
    }
    for (const flight of flights.values()) void this.#run(flight);
  }

  /** Lands the flights that are answered, and takes them out of `flights`. */
  #callTogether(keys: readonly EntryKey[], flights: Map<string, SharedRead>): Promise<void> {
    const { readMany } = this.#source;
    const [first] = flights.values();
    if (first === undefined || readMany === undefined) return Promise.resolve();
    const { group } = first.key;
    return this.#calls.call({
      group,
      // All are asked at one time, and so all are given up together.
      signal: first.signal,
      ask: (signal) => {
        const contentTypes = this.#groups.contentTypesOf(group);
        for (const flight of flights.values()) flight.markAsked(this.#clock.now(), contentTypes);
        return readMany.call(this.#source, keys, { contentTypes, signal });
      },
      land: ({ answers }, order) => {
        for (const answer of answers) this.#settle(answer, order, flights);
      },
      fail: (error, order) => {
        // That batches are refused says nothing of the keys.
        if (error instanceof SourceRefusedError) return;
        const isAwaited = [...flights.values()].some(({ readers }) => readers > 0);
        this.#backoff.failed(keys, error, order, isAwaited);
      },
    });
  }

  #settle(answer: SourceAnswer, order: number, flights: Map<string, SharedRead>): void {
    const flight = flights.get(answer.key.text);
    if (flight === undefined) return;
    flights.delete(answer.key.text);
    flight.resolve(this.#store(answer, order));
    this.#startNext(flight.key);
  }

  #store(answer: SourceAnswer, order: number): ReadOutcome {
    this.#backoff.succeeded(answer.key);
    const { entry, outcome } = this.#writer.write(answer, order);
    return { entry, stored: outcome === 'stored' };
  }

  #startNext(key: EntryKey): void {
    const next = this.#queued.get(key.text);
    this.#queued.delete(key.text);
    this.#running.delete(key.text);
    if (next !== undefined) this.#start(next);
  }

  #call(flight: SharedRead): Promise<ReadOutcome> {
    const { key, signal } = flight;
    return this.#calls.call({
      group: key.group,
      signal,
      ask: (callSignal) => {
        const contentTypes = this.#groups.contentTypesOf(key.group);
        flight.markAsked(this.#clock.now(), contentTypes);
        return this.#source.read(key, { contentTypes, signal: callSignal });
      },
      land: (answer, order) => this.#store(answer, order),
      fail: (error, order) => this.#backoff.failed([key], error, order, flight.readers > 0),
    });
  }
}
