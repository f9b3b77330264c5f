import type { Clock } from '../../../ports/outbound/clock.ts';
import type { Credentials, SigningCredentials } from './credentials.ts';

interface KeptCredentials {
  readonly credentials: Credentials;
  /** Monotonic time. */
  readonly receivedAt: number;
  readonly lifetimeMs: number;
}

/** With less time left, credentials are renewed in the background while calls still use them. */
const REFRESH_AHEAD_MS = 300_000;

/** AWS issues credentials for 15 minutes at least, so that younger ones which it calls expired are not the problem. */
const MIN_AGE_MS = 10_000;

/** Keeps credentials until they expire. All calls that wait for new ones share one fetch. */
export class ExpiringCredentials implements SigningCredentials {
  readonly #fetch: () => Promise<Credentials>;
  readonly #clock: Clock;
  #kept: KeptCredentials | undefined;
  #fetching: Promise<Credentials> | undefined;

  /** @param fetch gets new credentials, whose expiration is in the time of `clock` */
  constructor(fetch: () => Promise<Credentials>, clock: Clock) {
    this.#fetch = fetch;
    this.#clock = clock;
  }

  /** Returns valid credentials: the kept ones, otherwise new ones. Rejects with the errors of `fetch`. */
  current(): Credentials | Promise<Credentials> {
    const leftMs = this.#leftMs();
    if (this.#kept === undefined || leftMs <= 0) return this.renew();
    // After a failure the next call tries again. Only calls without valid credentials wait.
    if (leftMs < REFRESH_AHEAD_MS) this.renew().catch(() => undefined);
    return this.#kept.credentials;
  }

  /** Fetches new credentials. Rejects with the errors of `fetch`. */
  renew(): Promise<Credentials> {
    this.#fetching ??= this.#fetchAndKeep().finally(() => {
      this.#fetching = undefined;
    });
    return this.#fetching;
  }

  /** Returns false if the rejected credentials are too young to have expired. */
  discard(accessKeyId: string): boolean {
    if (this.#kept?.credentials.accessKeyId !== accessKeyId) return true;
    const ageMs = this.#clock.monotonic() - this.#kept.receivedAt;
    if (ageMs >= 0 && ageMs < MIN_AGE_MS) return false;
    this.#kept = undefined;
    return true;
  }

  /** The wall clock may step back, and the monotonic clock may be restored with a snapshot. The nearer end counts. */
  #leftMs(): number {
    if (this.#kept === undefined) return 0;
    const { credentials, receivedAt, lifetimeMs } = this.#kept;
    const byWall = credentials.expiration.getTime() - this.#clock.now();
    return Math.min(byWall, receivedAt + lifetimeMs - this.#clock.monotonic());
  }

  async #fetchAndKeep(): Promise<Credentials> {
    const credentials = await this.#fetch();
    const lifetimeMs = credentials.expiration.getTime() - this.#clock.now();
    this.#kept = { credentials, receivedAt: this.#clock.monotonic(), lifetimeMs };
    return credentials;
  }
}

/**
 * Makes an attempt. If the process is frozen meanwhile, the attempt is aborted and made again at once, because its connection
 * may be dead. Its outcome counts if it arrived in the freeze, unless it is a failure.
 *
 * @param timeoutMs time after which an attempt is aborted, freezes excluded
 */
export const retryAfterFreeze = async <Outcome>(
  attempt: (signal: AbortSignal) => Promise<Outcome>,
  timeoutMs: number,
  clock: Clock,
): Promise<Outcome> => {
  for (;;) {
    const watch = new FreezeWatch(timeoutMs, clock);
    try {
      return await attempt(watch.signal);
    } catch (error) {
      if (!watch.wasFrozen) throw error;
    } finally {
      watch.end();
    }
  }
};

/** The time between two looks. A longer freeze than this and the threshold is always noticed. */
const LOOK_INTERVAL_MS = 250;

/** A timer that is late by less is no sign of a freeze. As in `application/time`, which adapters must not import. */
const FREEZE_THRESHOLD_MS = 500;

/** Aborts its signal after a freeze, or after a time without a freeze. */
class FreezeWatch {
  readonly #clock: Clock;
  readonly #controller = new AbortController();
  #wasFrozen = false;
  /** Monotonic time of the next look. */
  #dueAt = 0;
  #cancel: () => void = () => undefined;

  constructor(timeoutMs: number, clock: Clock) {
    this.#clock = clock;
    this.#watch(timeoutMs);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** A connection that broke in a freeze is reported before the late timer runs. */
  get wasFrozen(): boolean {
    return this.#wasFrozen || this.#clock.monotonic() - this.#dueAt > FREEZE_THRESHOLD_MS;
  }

  end(): void {
    this.#cancel();
  }

  #watch(leftMs: number): void {
    const intervalMs = Math.min(LOOK_INTERVAL_MS, leftMs);
    this.#dueAt = this.#clock.monotonic() + intervalMs;
    this.#cancel = this.#clock.after(intervalMs, () => {
      this.#wasFrozen = this.wasFrozen;
      if (this.#wasFrozen) this.#abortAfterTurn();
      else if (leftMs > intervalMs) this.#watch(leftMs - intervalMs);
      else this.#controller.abort();
    });
  }

  /** Lets an answer count that has arrived. */
  #abortAfterTurn(): void {
    const abort = () => this.#controller.abort();
    if (this.#clock.afterTurn === undefined) this.#cancel = this.#clock.after(0, abort);
    else this.#clock.afterTurn(abort);
  }
}
