const TRUE: readonly string[] = ['1', 't', 'T', 'true', 'TRUE', 'True'];
const FALSE: readonly string[] = ['0', 'f', 'F', 'false', 'FALSE', 'False'];

/** What is allowed, in words fit for a message. */
export const GO_BOOL_RULE = `one of ${[...TRUE, ...FALSE].join(', ')}`;

/**
 * Reads a boolean as Go's `strconv.ParseBool` does.
 *
 * @throws {RangeError} if Go would not read it either; the message says what is allowed
 */
export const parseGoBool = (text: string): boolean => {
  if (TRUE.includes(text)) return true;
  if (FALSE.includes(text)) return false;
  throw new RangeError(`allowed: ${GO_BOOL_RULE}`);
};
