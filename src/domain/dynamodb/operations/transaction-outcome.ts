import { SourceUnavailableError } from '../../cache/errors.ts';
import { elementsIn, membersIn, rawMembers } from '../json/raw-answer.ts';

/** Errors for which DynamoDB rejects a transaction before it looks at any item. */
const REJECTIONS: ReadonlySet<string> = new Set([
  'AccessDeniedException',
  'IdempotentParameterMismatchException',
  'IncompleteSignatureException',
  'InvalidSignatureException',
  'MissingAuthenticationTokenException',
  'ResourceNotFoundException',
  'SerializationException',
  'UnrecognizedClientException',
  'ValidationException',
]);

const FAILED_CONDITION = '"ConditionalCheckFailed"';
const NO_REASON = '"None"';

/**
 * Whether the error that answers a transaction, of status 400, says that this transaction wrote nothing and will write nothing.
 * A conflict or throttling says less: the same transaction, sent before, may still be in progress.
 */
export const wroteNothing = (error: Uint8Array): boolean => {
  try {
    const members = rawMembers(error);
    const name = nameIn(members.get('__type'));
    return name === 'TransactionCanceledException'
      ? failedByConditions(members.get('CancellationReasons'))
      : REJECTIONS.has(name);
  } catch (failure) {
    if (failure instanceof SourceUnavailableError || failure instanceof SyntaxError) return false;
    throw failure;
  }
};

/** The name of an error without its name space, which stands before a `#`. */
const nameIn = (type = '""'): string => {
  const name: unknown = JSON.parse(type);
  return typeof name === 'string' ? name.slice(name.indexOf('#') + 1) : '';
};

const failedByConditions = (reasons = '[]'): boolean => {
  const codes = elementsIn(reasons).map((reason) => membersIn(reason).get('Code'));
  return (
    codes.includes(FAILED_CONDITION) && codes.every((code) => code === FAILED_CONDITION || code === NO_REASON)
  );
};
