import type { LogFields, Logger } from '../../src/ports/outbound/logger.ts';

/** What a preload that met bad weather logs, rightly. */
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
