import type { Status } from '../inbound/status-reader.ts';

/** Where figures go that are collected from outside, now and then. */
export interface MetricsPublisher {
  /** May publish the status, or leave it for later if it has just done so; `last` is its last chance. */
  publish(status: Status, last: boolean): void;
}
