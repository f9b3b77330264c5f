import { SourceUnavailableError, TransientError } from '../../domain/cache/errors.ts';

/** Lost contacts in a row (`TransientError.lostContact`) that open the circuit of a group. */
const THRESHOLD = 3;
const PROBE_INTERVAL_MS = 1_000;
/** After this time without a probe, the source may well have recovered. */
const QUIET_MS = 5_000;

interface GroupState {
  readonly lostContacts: number;
  /** Wall time of the last probe, or of the failure that opened the circuit. */
  readonly probedAt: number;
}

/** Keeps readers from waiting for a source that does not answer. A group whose circuit is open lets one probe a second through. */
export class CircuitBreaker {
  readonly #groups = new Map<string, GroupState>();
  readonly #changed: (group: string, isOpen: boolean) => void;

  /** @param changed is called when the circuit of a group opens or closes */
  constructor(changed: (group: string, isOpen: boolean) => void = () => undefined) {
    this.#changed = changed;
  }

  /** Whether the circuit of the group is open: no reader should wait for its source. */
  isOpen(group: string): boolean {
    return (this.#groups.get(group)?.lostContacts ?? 0) >= THRESHOLD;
  }

  /** Whether the circuit is open and the last probe was at least one second ago. */
  isProbeDue(group: string, now: number): boolean {
    const state = this.#groups.get(group);
    if (state === undefined || state.lostContacts < THRESHOLD) return false;
    // A probe in the future means that the clock was set back: the time since the probe is unknown.
    return now < state.probedAt || now - state.probedAt >= PROBE_INTERVAL_MS;
  }

  /** Whether the last probe is so long ago that the source may well have recovered. */
  hasGoneQuiet(group: string, now: number): boolean {
    const state = this.#groups.get(group);
    return state !== undefined && (now < state.probedAt || now - state.probedAt >= QUIET_MS);
  }

  /** Whether the source may be asked now. While the circuit is open, admits one call as the probe. */
  admit(group: string, now: number): boolean {
    if (!this.isOpen(group)) return true;
    if (!this.isProbeDue(group, now)) return false;
    this.#groups.set(group, { lostContacts: THRESHOLD, probedAt: now });
    return true;
  }

  /** Records how a call ended; without `error`, it succeeded. */
  record(group: string, now: number, error?: unknown): void {
    if (!(error instanceof TransientError && error.lostContact)) {
      const wasOpen = this.isOpen(group);
      this.#groups.delete(group);
      if (wasOpen) this.#changed(group, false);
      return;
    }
    const { lostContacts, probedAt } = this.#groups.get(group) ?? { lostContacts: 0, probedAt: now };
    this.#groups.set(group, {
      lostContacts: lostContacts + 1,
      probedAt: lostContacts < THRESHOLD ? now : probedAt,
    });
    if (lostContacts + 1 === THRESHOLD) this.#changed(group, true);
  }
}

/** The circuit of the group is open: the source was not asked. */
export class CircuitOpenError extends SourceUnavailableError {
  constructor() {
    super('the source did not answer several times in a row; it is probed once a second', {
      retryAfterMs: PROBE_INTERVAL_MS,
    });
  }
}
