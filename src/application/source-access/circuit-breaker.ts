import { type CacheError, SourceUnavailableError, TransientError } from '../../domain/cache/errors.ts';

/** Lost contacts in a row after which a group counts as out of reach. */
const THRESHOLD = 3;
const PROBE_INTERVAL_MS = 1_000;
/** After this time without a probe, what is known of a group is old news. */
const QUIET_MS = 5_000;

interface Line {
  readonly lost: number;
  /** Wall time of the last probe, or of the loss that broke the line. */
  readonly probedAt: number;
}

/** Keeps readers from waiting for a source that cannot be reached: a group out of reach lets one probe a second through. */
export class CircuitBreaker {
  readonly #lines = new Map<string, Line>();
  readonly #changed: (group: string, isOpen: boolean) => void;

  /** @param changed learns when a group gets out of reach, and when it is back */
  constructor(changed: (group: string, isOpen: boolean) => void = () => undefined) {
    this.#changed = changed;
  }

  /** Whether the group counts as out of reach, so that nobody should wait for it. */
  isOpen(group: string): boolean {
    return (this.#lines.get(group)?.lost ?? 0) >= THRESHOLD;
  }

  /** Whether the group is out of reach and nobody has probed it for a second. */
  isProbeDue(group: string, now: number): boolean {
    const line = this.#lines.get(group);
    if (line === undefined || line.lost < THRESHOLD) return false;
    // A probe in the future means that the clock went back: nobody knows when it was.
    return now < line.probedAt || now - line.probedAt >= PROBE_INTERVAL_MS;
  }

  /** Whether nobody has probed the group for so long that it may well be back. */
  hasGoneQuiet(group: string, now: number): boolean {
    const line = this.#lines.get(group);
    return line !== undefined && (now < line.probedAt || now - line.probedAt >= QUIET_MS);
  }

  /** Takes the right to ask the source about the group now; false while it is out of reach and its probe is taken. */
  admit(group: string, now: number): boolean {
    if (!this.isOpen(group)) return true;
    if (!this.isProbeDue(group, now)) return false;
    this.#lines.set(group, { lost: THRESHOLD, probedAt: now });
    return true;
  }

  /** Learns how a call ended; `error` is what it failed with, if it did. */
  record(group: string, now: number, error?: unknown): void {
    if (!(error instanceof TransientError && error.lostContact)) {
      const wasOpen = this.isOpen(group);
      this.#lines.delete(group);
      if (wasOpen) this.#changed(group, false);
      return;
    }
    const { lost, probedAt } = this.#lines.get(group) ?? { lost: 0, probedAt: now };
    this.#lines.set(group, { lost: lost + 1, probedAt: lost < THRESHOLD ? now : probedAt });
    if (lost + 1 === THRESHOLD) this.#changed(group, true);
  }
}

/** What readers of a group out of reach are told. */
export const outOfReach = (): CacheError =>
  new SourceUnavailableError('the source did not answer several times in a row; it is probed once a second', {
    retryAfterMs: PROBE_INTERVAL_MS,
  });
