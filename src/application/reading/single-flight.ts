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
export interface Landing {
  readonly entry: CacheEntry;
  /** Whether the entry is kept now. */
  readonly stored: boolean;
}

/** What a reader asks of a flight. */
export interface Passenger {
  readonly contentType: string;
  /** Whether the reader wants an answer that was asked for after its own request. */
  readonly exact: boolean;
}

/** One read of a key on its way to the source, shared by all who wait for it. */
export class Flight {
  readonly key: EntryKey;
  /** Settles once, however often the source has to be asked. */
  readonly landing: Promise<Landing>;
  /** How many readers wait; none for a refresh that nobody waits for. */
  readers = 0;
  /** Wall time at which the source was asked; absent before. */
  askedAt: number | undefined;
  #resolve: (landing: Landing) => void = () => undefined;
  #reject: (error: unknown) => void = () => undefined;
  #contentTypes: readonly string[] = [];
  #spoiled = false;
  #abandoned = false;
  #abort = new AbortController();

  constructor(key: EntryKey) {
    this.key = key;
    this.landing = new Promise<Landing>((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    // Readers handle the failure; a refresh that nobody waits for must not end the process with it.
    this.landing.catch(() => undefined);
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /** Whether the call was abandoned and nobody waits, so that the flight ends without an answer. */
  get isGivenUp(): boolean {
    return this.#abandoned && this.readers === 0;
  }

  /** Whether the passenger may share this flight: always before the source was asked, afterwards only for what it brings. */
  takes(passenger: Passenger): boolean {
    if (this.askedAt === undefined) return true;
    return !this.#spoiled && !passenger.exact && this.#contentTypes.includes(passenger.contentType);
  }

  /** The source is being asked now, for these content types. */
  ask(now: number, contentTypes: readonly string[]): void {
    this.askedAt = now;
    this.#contentTypes = contentTypes;
    this.#spoiled = false;
    this.#abandoned = false;
  }

  /** The key was invalidated: who comes now must not get what was asked before. */
  spoil(): void {
    this.#spoiled = true;
  }

  /** Gives up the call on its way. The flight itself goes on if it is asked again. */
  abandon(): void {
    const abandoned = this.#abort;
    this.#abort = new AbortController();
    this.askedAt = undefined;
    this.#abandoned = true;
    abandoned.abort(new CallAbandonedError());
  }

  land(landing: Landing): void {
    this.#resolve(landing);
  }

  fail(error: unknown): void {
    this.#reject(error);
  }
}

/** A place in a flight. */
export interface Boarding {
  readonly landing: Promise<Landing>;
  /** Whether the flight was there already. */
  readonly collapsed: boolean;
}

/** Reads single keys from the source, so that for each there is at most one flight in the air and one queued behind it. */
export class Flights {
  readonly #source: ItemSource;
  readonly #calls: SourceCaller;
  readonly #writer: EntryWriter;
  readonly #groups: Groups;
  readonly #aftermath: Aftermath;
  readonly #clock: Clock;
  readonly #air = new Map<string, Flight>();
  readonly #queued = new Map<string, Flight>();

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
    this.#aftermath = aftermath;
    this.#clock = clock;
  }

  /** Puts a reader on the flight in the air if it may still board, else on the one behind it. */
  board(key: EntryKey, passenger: Passenger): Boarding {
    this.#groups.keepContentType(key.group, passenger.contentType);
    const air = this.#air.get(key.text);
    const shared = air?.takes(passenger) === true ? air : this.#queued.get(key.text);
    const flight =
      shared ?? (air === undefined ? this.#launch(new Flight(key)) : this.#queue(new Flight(key)));
    flight.readers += 1;
    return { landing: flight.landing, collapsed: shared !== undefined };
  }

  /** Reads the key again for the store's sake, unless it is being read already; resolves when it is read, or cannot be. */
  async refresh(key: EntryKey): Promise<void> {
    const slept = this.#air.get(key.text);
    if (slept?.isGivenUp === true) await slept.landing.catch(() => undefined);
    const flight = this.#air.get(key.text) ?? this.#launch(new Flight(key));
    await flight.landing.catch(() => undefined);
  }

  /** Reads keys of one group again for the store's sake, in as few calls as the source allows; those that are being read already are left out. */
  refreshTogether(keys: readonly EntryKey[]): void {
    const { batchLimit = 1, readMany } = this.#source;
    const free = keys.filter((key) => !this.#air.has(key.text));
    for (const key of keys) if (!free.includes(key)) void this.refresh(key);
    for (const chunk of chunksOf(free, readMany === undefined ? 1 : batchLimit)) {
      const [first, ...others] = chunk;
      if (first !== undefined && others.length === 0) this.#launch(new Flight(first));
      else void this.#flyTogether(chunk);
    }
  }

  /** Whether a flight is under way that will bring an answer for the key. */
  isReading(key: EntryKey): boolean {
    return this.#air.get(key.text)?.isGivenUp === false;
  }

  /** Sees to it that who comes now does not get what was asked before. */
  spoil(key: EntryKey): void {
    this.#air.get(key.text)?.spoil();
  }

  /** Spoils the flights of a whole group. */
  spoilGroup(group: string): void {
    for (const flight of this.#air.values()) if (flight.key.group === group) flight.spoil();
  }

  /** At the beginning of an invocation: gives up the calls that are likely to have slept before it; who still waits for them has them asked again. */
  abandonSlept(): void {
    const now = this.#clock.now();
    for (const flight of this.#air.values()) {
      const { askedAt = now } = flight;
      if (now < askedAt || now - askedAt > FREEZE_THRESHOLD_MS) flight.abandon();
    }
  }

  #queue(flight: Flight): Flight {
    this.#queued.set(flight.key.text, flight);
    return flight;
  }

  #launch(flight: Flight): Flight {
    this.#air.set(flight.key.text, flight);
    void this.#fly(flight);
    return flight;
  }

  async #fly(flight: Flight): Promise<void> {
    try {
      flight.land(await this.#call(flight));
    } catch (error) {
      if (error instanceof CallAbandonedError && flight.readers > 0) {
        flight.abandon();
        return this.#fly(flight);
      }
      flight.fail(error);
    }
    this.#follow(flight.key);
  }

  /** One call for several flights. Those for which it brings no answer fly alone, as far as that is of use. */
  async #flyTogether(keys: readonly EntryKey[]): Promise<void> {
    const flights = new Map(keys.map((key) => [key.text, new Flight(key)]));
    for (const [text, flight] of flights) this.#air.set(text, flight);
    try {
      await this.#callTogether(keys, flights);
    } catch (error) {
      for (const [text, flight] of flights) {
        const mayFlyAlone =
          error instanceof SourceRefusedError || (error instanceof CallAbandonedError && flight.readers > 0);
        if (error instanceof CallAbandonedError) flight.abandon();
        if (mayFlyAlone) continue;
        flights.delete(text);
        flight.fail(error);
        this.#follow(flight.key);
      }
    }
    for (const flight of flights.values()) void this.#fly(flight);
  }

  /** Lands the flights that are answered, and takes them out of `flights`. */
  #callTogether(keys: readonly EntryKey[], flights: Map<string, Flight>): Promise<void> {
    const { readMany } = this.#source;
    const [first] = flights.values();
    if (first === undefined || readMany === undefined) return Promise.resolve();
    const { group } = first.key;
    return this.#calls.make({
      group,
      // All are asked at one time, and so all are given up together.
      signal: first.signal,
      ask: (signal) => {
        const contentTypes = this.#groups.contentTypesOf(group);
        for (const flight of flights.values()) flight.ask(this.#clock.now(), contentTypes);
        return readMany.call(this.#source, keys, { contentTypes, signal });
      },
      land: ({ answers }, order) => {
        for (const answer of answers) this.#landOne(answer, order, flights);
      },
      fail: (error, order) => {
        // That batches are refused says nothing of the keys.
        if (error instanceof SourceRefusedError) return;
        const isAwaited = [...flights.values()].some(({ readers }) => readers > 0);
        this.#aftermath.failed(keys, error, order, isAwaited);
      },
    });
  }

  #landOne(answer: SourceAnswer, order: number, flights: Map<string, Flight>): void {
    const flight = flights.get(answer.key.text);
    if (flight === undefined) return;
    flights.delete(answer.key.text);
    flight.land(this.#take(answer, order));
    this.#follow(flight.key);
  }

  #take(answer: SourceAnswer, order: number): Landing {
    this.#aftermath.succeeded(answer.key);
    const { entry, outcome } = this.#writer.write(answer, order);
    return { entry, stored: outcome === 'stored' };
  }

  #follow(key: EntryKey): void {
    const next = this.#queued.get(key.text);
    this.#queued.delete(key.text);
    this.#air.delete(key.text);
    if (next !== undefined) this.#launch(next);
  }

  #call(flight: Flight): Promise<Landing> {
    const { key, signal } = flight;
    return this.#calls.make({
      group: key.group,
      signal,
      ask: (callSignal) => {
        const contentTypes = this.#groups.contentTypesOf(key.group);
        flight.ask(this.#clock.now(), contentTypes);
        return this.#source.read(key, { contentTypes, signal: callSignal });
      },
      land: (answer, order) => this.#take(answer, order),
      fail: (error, order) => this.#aftermath.failed([key], error, order, flight.readers > 0),
    });
  }
}
