import type { FakeClock } from '../fakes/fake-clock.ts';
import type { Chronology } from '../model/read-history.ts';

/** How a call ended for the program. */
export type CallEnding = 'answered' | 'refused' | 'throttled' | 'failed' | 'lost';

/** A call of AWS by the program. */
export interface UpstreamCall {
  readonly service: string;
  readonly arrivedMs: number;
  /** Whether the cache made it, not an SDK by way of the endpoint. */
  readonly isOfCache: boolean;
  /** Whether it reads one value only. */
  readonly isSingle: boolean;
  /** The order in which AWS carried it out. */
  executed?: number;
  end?: { readonly ms: number; readonly how: CallEnding };
  /** Whether the program may have abandoned it, because a clock or the process was disturbed meanwhile. */
  isDisturbed?: boolean;
}

/** A call that takes longer may have been given up, so that nobody knows how it ended for the program. */
const CERTAIN_MS = 450;
/** A read that failed holds back further reads of the key for so long. */
const BACKOFF_MS = 1_000;
/** Of one key, and of one service. */
const KEPT_CALLS = 128;

/** All calls of AWS, by the values that they read. */
export class UpstreamCalls {
  readonly #clock: FakeClock;
  readonly #chronology: Chronology;
  readonly #byKey = new Map<string, UpstreamCall[]>();
  readonly #open = new Set<UpstreamCall>();
  readonly #ofCache = new Map<string, UpstreamCall[]>();

  constructor(clock: FakeClock, chronology: Chronology) {
    this.#clock = clock;
    this.#chronology = chronology;
  }

  begin(
    made: Pick<UpstreamCall, 'service' | 'isOfCache' | 'isSingle'>,
    keys: readonly string[],
  ): UpstreamCall {
    const call: UpstreamCall = { ...made, arrivedMs: this.#clock.passedMs };
    this.#open.add(call);
    for (const key of keys) addTo(this.#byKey, key, call);
    if (call.isOfCache) addTo(this.#ofCache, call.service, call);
    return call;
  }

  executed(call: UpstreamCall): void {
    call.executed = this.#chronology.next();
  }

  ended(call: UpstreamCall, how: CallEnding): void {
    call.end = { ms: this.#clock.passedMs, how };
    this.#open.delete(call);
  }

  /** A clock was stepped, or the process was frozen. */
  disturbed(): void {
    for (const call of this.#open) call.isDisturbed = true;
  }

  /** The calls that read a value, in their order. AWS did not carry out those without `executed`. */
  readsOf(key: string): readonly UpstreamCall[] {
    return this.#byKey.get(key) ?? [];
  }

  /** Whether a read of the cache that began after `call` was refused, and the program knew of it at `ms`. */
  wasRefusedAfter({ arrivedMs }: UpstreamCall, key: string, ms: number): boolean {
    return (this.#byKey.get(key) ?? []).some(
      (other) =>
        other.isOfCache &&
        other.isSingle &&
        other.end?.how === 'refused' &&
        other.arrivedMs > arrivedMs &&
        other.end.ms < ms &&
        !isUncertain(other, ms),
    );
  }

  /** Whether a transient failure, of the value or of its whole service, allowed a stale answer at some time between. */
  mayHaveFailed(service: string, key: string, startMs: number, endMs: number): boolean {
    const hasFailed = (call: UpstreamCall) =>
      isUncertain(call, endMs) || !['answered', 'refused', undefined].includes(call.end?.how);
    const since = startMs - BACKOFF_MS;
    const ofKey = (this.#byKey.get(key) ?? []).some(
      (call) => hasFailed(call) && (call.end?.ms ?? endMs) >= since,
    );
    // A failed batch holds back all values that were to be read with it, also those that it did not get to.
    const inBatch = (this.#ofCache.get(service) ?? []).some(
      (call) => !call.isSingle && hasFailed(call) && (call.end?.ms ?? endMs) >= since,
    );
    if (ofKey || inBatch) return true;
    // The circuit may be open: after the last contact that the program is known to have had, contact was lost.
    const ofService = (this.#ofCache.get(service) ?? []).filter(({ arrivedMs }) => arrivedMs <= endMs);
    const contacts = ofService.flatMap((call) =>
      call.end === undefined || call.end.how === 'lost' || isUncertain(call, endMs) ? [] : call.end.ms,
    );
    const lastContactMs = Math.max(...contacts.filter((ms) => ms < startMs));
    return ofService.some(
      (call) =>
        (call.end?.how === 'lost' || isUncertain(call, endMs)) && (call.end?.ms ?? endMs) >= lastContactMs,
    );
  }
}

const isUncertain = ({ arrivedMs, end, isDisturbed }: UpstreamCall, nowMs: number): boolean =>
  isDisturbed === true || (end?.ms ?? nowMs) - arrivedMs >= CERTAIN_MS;

const addTo = (calls: Map<string, UpstreamCall[]>, key: string, call: UpstreamCall): void => {
  const list = calls.get(key) ?? [];
  calls.set(key, list);
  list.push(call);
  if (list.length > KEPT_CALLS) list.shift();
};
