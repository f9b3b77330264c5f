import { CacheError, TransientError } from '../../domain/cache/errors.ts';

/** What DynamoDB calls its refusals of who asks, whatever is asked; all of them have status 400. */
export type RefusalType =
  | 'AccessDeniedException'
  | 'IncompleteSignatureException'
  | 'InvalidSignatureException'
  | 'MissingAuthenticationTokenException'
  | 'UnknownOperationException'
  | 'UnrecognizedClientException';

/** The operation is not passed on to DynamoDB; said in the way in which DynamoDB itself refuses. */
export class OperationRefusedError extends CacheError {
  readonly code = 'operation_refused';
  readonly category = 'forbidden';
  readonly type: RefusalType;

  /** @param message for people: no credential, no key value */
  constructor(type: RefusalType, message: string) {
    super(message);
    this.type = type;
  }
}

/** DynamoDB has not seen the operation: no connection, or no credentials to sign it with, were to be had. */
export class NotForwardedError extends TransientError {
  readonly code = 'upstream_unavailable';
  readonly category = 'unavailable';
  override readonly lostContact = true;
}
