import type { CacheEntry } from '../../domain/cache/cache-entry.ts';
import type { EntryKey } from '../../domain/cache/entry-key.ts';
import { CallAbandonedError } from '../source-access/call-abandoned-error.ts';

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
