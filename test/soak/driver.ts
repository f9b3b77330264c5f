import type { LogFields, Logger } from '../../src/ports/outbound/logger.ts';
import type { AnsweredRequest, GeneratedRequest } from './generated-request.ts';
import type { Visibility } from './judge-answer.ts';

/** The program under test and its time. */
export interface Driver {
  readonly visibility: Visibility;
  /** Faults that no answer shows. */
  readonly faults: readonly string[];
  /** How many requests may be unanswered at a time. */
  readonly maxOpen: number;
  /** Sends the request at once. Rejects only if there is no answer. */
  send(request: GeneratedRequest): Promise<AnsweredRequest>;
  /** Lets time pass and runs the timers that are due. */
  pass(ms: number): Promise<void>;
  /** Freezes the program for this time, and thaws it with or without an invocation. */
  freeze(ms: number, withInvocation: boolean): Promise<void>;
  /** Steps the wall clock in simulated time; does nothing in real time. */
  stepClock(ms: number): void;
  /** Starts an invocation, unless one is running. */
  invoke(): void;
  /** The monotonic clock. */
  monotonicMs(): number;
  /** Whether the program shares this process and its memory. */
  readonly sharesProcess: boolean;
  /** The resident set of the program in bytes. */
  residentBytes(): number;
  /** Shuts the program down, and records a fault if it does not exit cleanly. */
  close(): Promise<void>;
}

/** The message of a preload that failed by the schedule. */
export const EXPECTED_ERROR = 'a group could not be preloaded';

/** Records every logged error as a fault. */
export class ErrorLog implements Logger {
  readonly faults: string[] = [];

  debug(): void {}

  info(): void {}

  warn(): void {}

  error(message: string, fields: LogFields = {}): void {
    if (message !== EXPECTED_ERROR)
      this.faults.push(`the program logged: ${message} ${JSON.stringify(fields)}`);
  }
}
