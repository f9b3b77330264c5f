/** One line of the extension's log. */
export interface LogLine {
  readonly level: string;
  readonly message: string;
  readonly [field: string]: unknown;
}

/** The line if it is one of the log; what Node.js itself prints is not. */
export const readLogLine = (line: string): LogLine | undefined => {
  try {
    const parsed: unknown = JSON.parse(line);
    return isLogLine(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
};

const isLogLine = (value: unknown): value is LogLine =>
  typeof value === 'object' && value !== null && 'level' in value && 'message' in value;
