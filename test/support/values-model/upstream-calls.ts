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
}

/** A call that takes longer may have been given up, so that nobody knows how it ended for the program. */
const CERTAIN_MS = 450;
/** A read that failed holds back further reads of the key for so long. */
const BACKOFF_MS = 1_000;
/** Of one key, and of one service. */
const KEPT_CALLS = 256;

/** All calls of AWS, by the values that they read. */
export class UpstreamCalls {
  readonly #clock: FakeClock;
  readonly #chronology: Chronology;
  readonly #byKey = new Map<string, UpstreamCall[]>();
  readonly #ofCache = new Map<string, UpstreamCall[]>();

  constructor(clock: FakeClock, chronology: Chronology) {
    this.#clock = clock;
    this.#chronology = chronology;
  }

  begin(service: string, keys: readonly string[], isOfCache: boolean): UpstreamCall {
    const call = { service, arrivedMs: this.#clock.passedMs, isOfCache, isSingle: keys.length === 1 };
    for (const key of keys) addTo(this.#byKey, key, call);
    if (isOfCache) addTo(this.#ofCache, service, call);
    return call;
  }

  executed(call: UpstreamCall): void {
    call.executed = this.#chronology.next();
  }

  ended(call: UpstreamCall, how: CallEnding): void {
    call.end = { ms: this.#clock.passedMs, how };
  }

  /** The calls that read a value, and that AWS carried out. */
  readsOf(key: string): readonly UpstreamCall[] {
    return (this.#byKey.get(key) ?? []).filter(({ executed }) => executed !== undefined);
  }

  /** Whether a read of the cache that began after `call` was refused, and the program knew of it at `ms`. */
  wasRefusedAfter({ arrivedMs }: UpstreamCall, key: string, ms: number): boolean {
    return (this.#byKey.get(key) ?? []).some(
      ({ isOfCache, isSingle, end, ...other }) =>
        isOfCache &&
        isSingle &&
        end?.how === 'refused' &&
        other.arrivedMs > arrivedMs &&
        end.ms < ms &&
        end.ms - other.arrivedMs < CERTAIN_MS,
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
    if (ofKey) return true;
    // The circuit may be open: after the last contact that the program is known to have had, contact was lost.
    const ofService = (this.#ofCache.get(service) ?? []).filter(({ arrivedMs }) => arrivedMs <= endMs);
    const contacts = ofService.flatMap((call) =>
      call.end === undefined || call.end.how === 'lost' || isUncertain(call, endMs) ? [] : call.end.ms,
    );
    const lastContactMs = Math.max(...contacts.filter((ms) => ms < startMs));
    return ofService.some(
      (call) => isUncertain(call, endMs) || (call.end?.how === 'lost' && call.end.ms >= lastContactMs),
    );
  }
}

const isUncertain = ({ arrivedMs, end }: UpstreamCall, nowMs: number): boolean =>
  (end?.ms ?? nowMs) - arrivedMs >= CERTAIN_MS;

const addTo = (calls: Map<string, UpstreamCall[]>, key: string, call: UpstreamCall): void => {
  const list = calls.get(key) ?? [];
  calls.set(key, list);
  list.push(call);
  if (list.length > KEPT_CALLS) list.shift();
};
