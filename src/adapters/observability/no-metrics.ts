import type { MetricsPublisher } from '../../ports/outbound/metrics-publisher.ts';

/** Publishes nothing. */
export class NoMetrics implements MetricsPublisher {
  publish(): void {}
}
