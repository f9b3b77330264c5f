import type { Status } from '../inbound/status-reader.ts';

/** Outbound: publishes metrics. */
export interface MetricsPublisher {
  /** Publishes the status, unless it was published recently. The call with `last` always publishes. */
  publish(status: Status, last: boolean): void;
}
