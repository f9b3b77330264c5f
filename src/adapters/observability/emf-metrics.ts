import type { Writable } from 'node:stream';
import type { Status } from '../../ports/inbound/status-reader.ts';
import type { Clock } from '../../ports/outbound/clock.ts';
import type { MetricsPublisher } from '../../ports/outbound/metrics-publisher.ts';
import { LineOutput } from './json-logger.ts';

export interface EmfMetricsOptions {
  readonly output: Writable;
  readonly clock: Clock;
  /** CloudWatch namespace; `DynamoDbCacheExtension` by default. */
  readonly namespace?: string;
  /** Value of the only dimension, `FunctionName`. */
  readonly functionName: string;
}

const INTERVAL_MS = 60_000;

type Totals = Readonly<Record<string, number>>;

/**
 * Writes metrics as log lines in the CloudWatch embedded metric format. Writes the first line immediately, then at most one
 * a minute, and a last one at shutdown. Counters are reported as the increase since the previous line.
 */
export class EmfMetrics implements MetricsPublisher {
  readonly #output: LineOutput;
  readonly #clock: Clock;
  readonly #namespace: string;
  readonly #functionName: string;
  #published: { readonly atMs: number; readonly totals: Totals; readonly reasons: Totals } | undefined;

  constructor({ output, clock, namespace = 'DynamoDbCacheExtension', functionName }: EmfMetricsOptions) {
    this.#output = new LineOutput(output);
    this.#clock = clock;
    this.#namespace = namespace;
    this.#functionName = functionName;
  }

  publish(status: Status, last: boolean): void {
    const atMs = this.#clock.monotonic();
    const before = this.#published;
    if (!last && before !== undefined && atMs - before.atMs < INTERVAL_MS) return;
    const totals = totalsOf(status);
    const reasons = status.forwarded ?? {};
    this.#published = { atMs, totals, reasons };
    const metrics = {
      ...increaseOf(totals, before?.totals ?? {}),
      Entries: status.store.entries,
      Bytes: status.store.bytes,
    };
    // A metric for each reason would be charged one by one. Logs Insights reads them from the line.
    const byReason = increaseOf(reasons, before?.reasons ?? {});
    this.#output.write(this.#line(metrics, 'Forwarded' in metrics ? { ForwardedByReason: byReason } : {}));
  }

  /** Writes a line with these metrics at once. */
  count(metrics: Totals): void {
    this.#output.write(this.#line(metrics, {}));
  }

  #line(metrics: Totals, properties: object): string {
    const definitions = Object.keys(metrics).map((Name) => ({
      Name,
      Unit: Name === 'Bytes' ? 'Bytes' : 'Count',
    }));
    return JSON.stringify({
      _aws: {
        Timestamp: this.#clock.now(),
        CloudWatchMetrics: [
          { Namespace: this.#namespace, Dimensions: [['FunctionName']], Metrics: definitions },
        ],
      },
      FunctionName: this.#functionName,
      ...metrics,
      ...properties,
    });
  }
}

const totalsOf = ({ counts, store, forwarded, coherence, tier }: Status): Totals => ({
  Hits: counts.hits,
  StaleHits: counts.staleHits,
  Misses: counts.misses,
  Collapsed: counts.collapsed,
  Failures: counts.failures,
  SourceReads: counts.sourceReads,
  SourceFailures: counts.sourceFailures,
  Evictions: store.evictions,
  ...(forwarded === undefined ? {} : { Forwarded: sumOf(forwarded) }),
  ...(coherence === undefined
    ? {}
    : {
        JournalChecks: coherence.checks,
        FailedJournalChecks: coherence.failedChecks,
        Announcements: coherence.announcements,
        FailedAnnouncements: coherence.failedAnnouncements,
        JournalBypasses: coherence.bypassedReads,
      }),
  ...(tier === undefined
    ? {}
    : {
        TierHits: tier.hits,
        TierMisses: tier.misses,
        TierUnproved: tier.unproved,
        TierFailures: tier.failures,
      }),
});

const sumOf = (counts: Totals): number => Object.values(counts).reduce((sum, count) => sum + count, 0);

const increaseOf = (totals: Totals, before: Totals): Totals =>
  Object.fromEntries(Object.entries(totals).map(([name, total]) => [name, total - (before[name] ?? 0)]));

/** Publishes nothing. */
export class NoMetrics implements MetricsPublisher {
  publish(): void {}
}
