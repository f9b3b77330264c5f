import type { EntryKey } from '../domain/cache/entry-key.ts';
import type { Clock } from '../ports/clock.ts';
import type { ItemSource } from '../ports/item-source.ts';
import type { Aftermath } from './aftermath.ts';
import { SLEPT_AFTER_MS } from './awake-timer.ts';
import { CallAbandoned } from './call-abandoned.ts';
import type { EntryWriter } from './entry-writer.ts';
import { Flight, type Landing, type Passenger } from './flight.ts';
import type { Groups } from './groups.ts';
import type { SourceCalls } from './source-calls.ts';

/** A place in a flight. */
export interface Boarding {
  readonly landing: Promise<Landing>;
  /** Whether the flight was there already. */
  readonly collapsed: boolean;
}

/** Reads single keys from the source, so that for each there is at most one flight in the air and one queued behind it. */
export class Flights {
  readonly #source: ItemSource;
  readonly #calls: SourceCalls;
  readonly #writer: EntryWriter;
  readonly #groups: Groups;
  readonly #aftermath: Aftermath;
  readonly #clock: Clock;
  readonly #air = new Map<string, Flight>();
  readonly #queued = new Map<string, Flight>();

  constructor(
    source: ItemSource,
    calls: SourceCalls,
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
      if (now < askedAt || now - askedAt > SLEPT_AFTER_MS) flight.abandon();
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
      if (error instanceof CallAbandoned && flight.readers > 0) {
        flight.abandon();
        return this.#fly(flight);
      }
      flight.fail(error);
    }
    this.#follow(flight.key);
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
      land: (answer, order) => {
        this.#aftermath.succeeded(key);
        const { entry, outcome } = this.#writer.write(answer, order);
        return { entry, stored: outcome === 'stored' };
      },
      fail: (error, order) => this.#aftermath.failed([key], error, order, flight.readers > 0),
    });
  }
}
