import type { Coherence } from '../../src/domain/cache/coherence.ts';

/** A write whose client got the answer. Times are in milliseconds of one monotonic clock. */
export interface AcknowledgedWrite {
  readonly key: string;
  /** Higher than all earlier ones of the key. */
  readonly version: number;
  /** The process that made it. */
  readonly process: string;
  readonly acknowledgedAtMs: number;
  /** Whether the journal held its announcement when the client got the answer. */
  readonly isAnnounced: boolean;
}

/** A read with its answer. */
export interface AnsweredItem {
  readonly key: string;
  /** The shown version; 0 if there was no item. */
  readonly version: number;
  /** The process that answered. */
  readonly process: string;
  readonly invokedAtMs: number;
  readonly sentAtMs: number;
  /** How it was read, for messages. */
  readonly how: string;
}

export interface ReadRules {
  readonly coherence: Coherence;
  /** The longest age of an answer, whatever was written. */
  readonly maxAgeMs: number;
}

interface Requirement {
  readonly version: number;
  readonly reason: string;
}

/** Knows every acknowledged write, and compares reads with what docs/fleet.md promises. */
export class ReadJudge {
  readonly #rules: ReadRules;
  readonly #writes = new Map<string, AcknowledgedWrite[]>();
  readonly violations: string[] = [];
  reads = 0;
  /** Reads that showed an older version than the newest that was acknowledged when they were sent. */
  olderReads = 0;
  /** Those of them that a later announced version replaces. */
  olderAnnouncedReads = 0;
  /** How long a later version had been acknowledged at most. */
  oldestMs = 0;

  constructor(rules: ReadRules) {
    this.#rules = rules;
  }

  acknowledge(write: AcknowledgedWrite): void {
    const writes = this.#writes.get(write.key) ?? [];
    this.#writes.set(write.key, [...writes, write]);
  }

  judge(read: AnsweredItem): void {
    this.reads += 1;
    const writes = this.#writes.get(read.key) ?? [];
    const missed = writes.filter(
      ({ version, acknowledgedAtMs }) => version > read.version && acknowledgedAtMs <= read.sentAtMs,
    );
    const [first] = missed;
    if (first === undefined) return;
    this.olderReads += 1;
    this.oldestMs = Math.max(this.oldestMs, read.sentAtMs - first.acknowledgedAtMs);
    if (missed.some(({ isAnnounced }) => isAnnounced)) this.olderAnnouncedReads += 1;
    const requirement = this.#requirementOf(read, writes);
    if (requirement !== undefined) this.violations.push(violation(read, requirement, writes));
  }

  /** The newest version that the read had to show and did not. */
  #requirementOf(read: AnsweredItem, writes: readonly AcknowledgedWrite[]): Requirement | undefined {
    for (const write of writes.toReversed()) {
      if (write.version <= read.version) return undefined;
      const reason = this.#reasonToShow(write, read);
      if (reason !== undefined) return { version: write.version, reason };
    }
    return undefined;
  }

  #reasonToShow(write: AcknowledgedWrite, read: AnsweredItem): string | undefined {
    const { coherence, maxAgeMs } = this.#rules;
    const ageMs = read.sentAtMs - write.acknowledgedAtMs;
    if (ageMs < 0) return undefined;
    if (write.process === read.process) return 'it was written by the same process';
    if (ageMs > maxAgeMs) return 'it is older than every lifetime';
    if (!write.isAnnounced) return undefined;
    if (coherence.mode === 'invocation' && write.acknowledgedAtMs < read.invokedAtMs)
      return 'it was acknowledged before the invocation began';
    if (coherence.mode === 'interval' && ageMs > coherence.ms)
      return `it was acknowledged more than ${coherence.ms} ms before the read`;
    return undefined;
  }
}

/** All times are relative to the moment at which the read was sent. */
const violation = (
  { key, version, process, invokedAtMs, sentAtMs, how }: AnsweredItem,
  requirement: Requirement,
  writes: readonly AcknowledgedWrite[],
): string => {
  const relative = (atMs: number): string => `${(atMs - sentAtMs).toFixed(1)} ms`;
  const lines = writes
    .slice(-5)
    .map(
      (write) =>
        `  version ${write.version} by ${write.process} at ${relative(write.acknowledgedAtMs)}, ` +
        `${write.isAnnounced ? 'announced' : 'not announced'}`,
    );
  return [
    `${process} showed version ${version} of ${key} in place of ${requirement.version}: ${requirement.reason}`,
    `  read: ${how}, invoked at ${relative(invokedAtMs)}`,
    ...lines,
  ].join('\n');
};
