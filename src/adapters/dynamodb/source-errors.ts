import {
  type CacheError,
  GroupRefusedError,
  SourceRefusedError,
  SourceUnavailableError,
} from '../../domain/cache/errors.ts';
import type { AssumedRole } from '../../domain/iam/assumed-role.ts';
import { ResponseTooLongError } from '../aws/http-client/transport-error.ts';
import { ServiceError, serviceFailure } from '../aws/service-errors.ts';

/** The read that failed. */
export interface FailedCall {
  readonly operation: string;
  readonly table: string;
  /** The role that signs the call; absent for the function's own. */
  readonly role?: AssumedRole | undefined;
  readonly signal: AbortSignal;
}

/** Hints for refusals, by error name. */
const HINTS: ReadonlyMap<string, string> = new Map([
  ['ResourceNotFoundException', 'there is no such table, check table and region'],
  ['ValidationException', 'check hashKey, sortKey, their types and fields against the table'],
]);

/** Converts an error of a call to a domain error, which has it as its cause. The message contains no key value. */
export const asSourceError = (cause: unknown, { operation, table, role, signal }: FailedCall): CacheError => {
  const failure = serviceFailure(cause, {
    service: 'DynamoDB',
    subject: `${operation} of the table ${table}`,
    permission: `dynamodb:${operation} on the table`,
    role,
    hints: HINTS,
    signal,
  });
  // Listed keys have the configured shape, so every batch of the table would fail.
  const deniesGroup =
    operation === 'BatchGetItem' &&
    failure instanceof SourceRefusedError &&
    cause instanceof ServiceError &&
    cause.deniesKey;
  return deniesGroup ? new GroupRefusedError(failure.message, { cause }) : failure;
};

/** Whether a read failed because its response exceeds the limit for reading it whole. */
export const isTooLong = (error: unknown): boolean =>
  error instanceof SourceUnavailableError && error.cause instanceof ResponseTooLongError;
