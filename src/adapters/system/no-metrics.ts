import type { MetricsPublisher } from '../../ports/metrics-publisher.ts';

/** Publishes nothing. */
export class NoMetrics implements MetricsPublisher {
  publish(): void {}
}
