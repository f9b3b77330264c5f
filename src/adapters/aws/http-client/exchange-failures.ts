import { SourceConnectionError, SourceTimeoutError } from '../../../domain/cache/errors.ts';
import { NotForwardedError } from '../../../ports/inbound/wire-errors.ts';
import { explainFailure, placeOf } from './connection-failure.ts';

/** Nothing was heard of the other side for too long. */
export class ExchangeTimeout extends Error {
  override readonly name = 'ExchangeTimeout';
}

/** The error of the domain for what ended an exchange that had begun. */
export const lostContact = (cause: Error, url: URL): SourceTimeoutError | SourceConnectionError =>
  cause instanceof ExchangeTimeout
    ? new SourceTimeoutError(`DynamoDB at ${placeOf(url)} did not answer in time`, { cause })
    : new SourceConnectionError(`the connection to DynamoDB was lost: ${explainFailure(cause, url)}`, {
        cause,
      });

/** The same for what kept one from beginning. */
export const notForwarded = (cause: NodeJS.ErrnoException, url: URL): NotForwardedError =>
  new NotForwardedError(`DynamoDB cannot be reached: ${explainFailure(cause, url)}`, { cause });
