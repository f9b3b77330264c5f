import type { LogFields, Logger } from '../../../src/ports/outbound/logger.ts';

/** A call of the logger. */
interface RecordedLine {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly message: string;
  readonly fields: LogFields;
}

/** Records every line, of any level. */
export class RecordingLogger implements Logger {
  readonly lines: RecordedLine[] = [];

  debug(message: string, fields: LogFields = {}): void {
    this.lines.push({ level: 'debug', message, fields });
  }

  info(message: string, fields: LogFields = {}): void {
    this.lines.push({ level: 'info', message, fields });
  }

  warn(message: string, fields: LogFields = {}): void {
    this.lines.push({ level: 'warn', message, fields });
  }

  error(message: string, fields: LogFields = {}): void {
    this.lines.push({ level: 'error', message, fields });
  }

  /** The lines of one level. */
  at(level: RecordedLine['level']): readonly RecordedLine[] {
    return this.lines.filter((line) => line.level === level);
  }
}
