import type { LogFields, Logger } from '../../src/ports/outbound/logger.ts';
import type { AnsweredRequest, GeneratedRequest } from './generated-request.ts';
import type { Visibility } from './judge-answer.ts';

/** The program under soak, and the time that it lives in. */
export interface Driver {
  readonly visibility: Visibility;
  /** What the program did wrong where no answer shows it. */
  readonly faults: readonly string[];
  /** Answers of which no more are waited for at the same time. */
  readonly maxOpen: number;
  /** Sends the request at once. Rejects only if there is no answer at all. */
  send(request: GeneratedRequest): Promise<AnsweredRequest>;
  /** Lets time pass; what is due happens. */
  pass(ms: number): Promise<void>;
  /** Lets time pass in which the program is frozen, and thaws it, with an invocation or without. */
  freeze(ms: number, withInvocation: boolean): Promise<void>;
  /** Steps the wall clock, where the run owns it. */
  stepClock(ms: number): void;
  /** Begins an invocation, unless one runs. */
  invoke(): void;
  /** Time that never steps back. */
  monotonicMs(): number;
  /** Whether the program runs in this process, whose memory may hold much else. */
  readonly sharesProcess: boolean;
  /** Bytes of memory that the program takes, as the system sees it. */
  residentBytes(): number;
  /** Shuts the program down, and looks whether it ends well. */
  close(): Promise<void>;
}

/** What a preload that met bad schedule logs, rightly. */
export const EXPECTED_ERROR = 'a group could not be preloaded';

/** Takes every error that is logged for a fault. */
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
