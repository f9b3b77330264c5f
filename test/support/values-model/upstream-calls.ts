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
  /**
   * Whether the program may have abandoned it: a clock or the process was disturbed since the program made it, or the circuit
   * closed, upon which the program gives up earlier calls.
   */
  mayBeAbandoned?: boolean;
}

/**
 * A call that takes longer may have been given up, so that nobody knows how it ended for the program. Less than the program
 * takes for a sign of a freeze.
 */
const CERTAIN_MS = 450;
/** A read that failed holds back further reads of the key for so long. */
const BACKOFF_MS = 1_000;
/** Longer than any call lasts, with a freeze. */
const LONGEST_CALL_MS = 30_000;
/** Of one key, and of one service. */
const KEPT_CALLS = 128;

/** All calls of AWS, by the values that they read. */
export class UpstreamCalls {
  readonly #clock: FakeClock;
  readonly #chronology: Chronology;
  readonly #open = new Set<UpstreamCall>();
  readonly #byKey = new Map<string, UpstreamCall[]>();
  /** The calls of the cache, by service: in the order in which they began, and in which they ended. */
  readonly #begun = new Map<string, UpstreamCall[]>();
  readonly #ended = new Map<string, UpstreamCall[]>();
  #disturbedMs = Number.NEGATIVE_INFINITY;

  constructor(clock: FakeClock, chronology: Chronology) {
    this.#clock = clock;
    this.#chronology = chronology;
  }

  begin(
    made: Pick<UpstreamCall, 'service' | 'isOfCache' | 'isSingle'>,
    keys: readonly string[],
  ): UpstreamCall {
    const arrivedMs = this.#clock.passedMs;
    const call: UpstreamCall = { ...made, arrivedMs };
    // A call that was on its way during a freeze arrives at its end.
    if (arrivedMs === this.#disturbedMs) call.mayBeAbandoned = true;
    this.#open.add(call);
    for (const key of keys) addTo(this.#byKey, key, call);
    if (call.isOfCache) addTo(this.#begun, call.service, call);
    return call;
  }

  executed(call: UpstreamCall): void {
    call.executed = this.#chronology.next();
  }

  ended(call: UpstreamCall, how: CallEnding): void {
    const ms = this.#clock.passedMs;
    call.end = { ms, how };
    this.#open.delete(call);
    if (!call.isOfCache) return;
    if (how !== 'lost' && this.#mayCircuitBeOpen(call.service, ms, ms)) this.#circuitCloses(call);
    addTo(this.#ended, call.service, call);
  }

  /** A clock was stepped, or the process was frozen. */
  disturbed(): void {
    this.#disturbedMs = this.#clock.passedMs;
    for (const call of this.#open) call.mayBeAbandoned = true;
  }

  /** The calls that read a value, in their order. AWS did not carry out those without `executed`. */
  readsOf(key: string): readonly UpstreamCall[] {
    return this.#byKey.get(key) ?? [];
  }

  /** Whether a read of the cache that began after `call` was refused, and the program knew of it at `ms`. */
  wasRefusedAfter({ arrivedMs }: UpstreamCall, key: string, ms: number): boolean {
    return this.readsOf(key).some(
      (other) =>
        other.isOfCache &&
        other.isSingle &&
        other.end?.how === 'refused' &&
        other.arrivedMs > arrivedMs &&
        this.#isKnown(other, ms),
    );
  }

  /** Whether a transient failure, of the value or of its whole service, allowed a stale answer at some time between. */
  mayHaveFailed(service: string, key: string, startMs: number, endMs: number): boolean {
    const holdsBack = (call: UpstreamCall) =>
      (call.end?.ms ?? endMs) >= startMs - BACKOFF_MS &&
      (isUncertain(call, endMs) || !['answered', 'refused', undefined].includes(call.end?.how));
    const since = startMs - BACKOFF_MS - LONGEST_CALL_MS;
    const ofKey = latest(this.readsOf(key), since).some(holdsBack);
    if (ofKey) return true;
    // A failed batch holds back all values that were to be read with it, also those that it did not get to.
    const ofService = latest(this.#begun.get(service) ?? [], since);
    if (ofService.some((call) => !call.isSingle && holdsBack(call))) return true;
    return this.#mayCircuitBeOpen(service, startMs, endMs);
  }

  /** Whether contact was lost, or may have been, after the last contact that the program is known to have had. */
  #mayCircuitBeOpen(service: string, startMs: number, endMs: number): boolean {
    for (const call of this.#open)
      if (call.service === service && call.isOfCache && isUncertain(call, endMs)) return true;
    const ended = this.#ended.get(service) ?? [];
    let contactMs = Number.NEGATIVE_INFINITY;
    for (let index = ended.length - 1; index >= 0; index -= 1) {
      const call = ended[index];
      const { ms, how } = call?.end ?? {};
      if (call === undefined || ms === undefined || ms < contactMs) return false;
      if (how === 'lost' || isUncertain(call, endMs)) return true;
      if (ms < startMs) contactMs = ms;
    }
    return false;
  }

  /** The program may give up the calls that began before the one that reached AWS. */
  #circuitCloses({ service, arrivedMs }: UpstreamCall): void {
    for (const call of this.#open)
      if (call.service === service && call.arrivedMs <= arrivedMs) call.mayBeAbandoned = true;
  }

  /**
   * Whether the program knew how a read of one value had ended before `ms`. It may have been one of those that take the place
   * of a refused batch: they begin together, and the program learns of them when the last has ended.
   */
  #isKnown(call: UpstreamCall, ms: number): boolean {
    const { service, arrivedMs } = call;
    const begun = this.#begun.get(service) ?? [];
    const together = begun.filter((other) => other.isSingle && other.arrivedMs === arrivedMs);
    const batch = begun.findLast(({ isSingle, end }) => !isSingle && end?.ms === arrivedMs);
    const beganMs = batch?.arrivedMs ?? arrivedMs;
    return together.every(
      (other) =>
        other.end !== undefined &&
        other.end.ms < ms &&
        other.end.ms - beganMs < CERTAIN_MS &&
        !isUncertain(other, ms),
    );
  }
}

const isUncertain = ({ arrivedMs, end, mayBeAbandoned }: UpstreamCall, nowMs: number): boolean =>
  mayBeAbandoned === true || (end?.ms ?? nowMs) - arrivedMs >= CERTAIN_MS;

/** The calls that arrived since then. */
const latest = (calls: readonly UpstreamCall[], ms: number): readonly UpstreamCall[] => {
  const before = calls.findLastIndex(({ arrivedMs }) => arrivedMs < ms);
  return calls.slice(before + 1);
};

const addTo = (calls: Map<string, UpstreamCall[]>, key: string, call: UpstreamCall): void => {
  const list = calls.get(key) ?? [];
  calls.set(key, list);
  list.push(call);
  if (list.length > KEPT_CALLS) list.shift();
};
