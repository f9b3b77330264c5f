/** A message that the code logs. Its variable parts are `…`. */
export interface LogEvent {
  readonly level: string;
  readonly message: string;
}

/** The log calls of a source: those with a message in the source, and the expressions of the other messages. */
export interface LogCalls {
  readonly events: readonly LogEvent[];
  readonly passedOn: readonly string[];
}

/**
 * A call of a logger, or of a private method that passes its first argument to `logger.error`. Not read by the compiler's parser:
 * loading that takes longer than all tests of the documents.
 */
const CALL =
  /(?:logger(?:'\))?\??\s*\.(debug|info|warn|error)|\bthis\.#(?:log|attempt))\(\s*(?:'((?:[^'\\]|\\.)*)'|`([^`]*)`|([^,)\s]+))/gi;

/** The log calls in the text of a TypeScript source. */
export const logCallsIn = (source: string): LogCalls => {
  const calls = [...source.matchAll(CALL)].map(([, level = 'error', literal, template, expression]) => ({
    level,
    message: literal ?? template?.replace(/\$\{[^}]*\}/g, '…'),
    expression,
  }));
  return {
    events: calls.flatMap(({ level, message }) => (message === undefined ? [] : [{ level, message }])),
    passedOn: calls.flatMap(({ expression }) => expression ?? []),
  };
};
