import { type CacheError, SourceRefusedError, SourceThrottledError } from '../../../domain/cache/errors.ts';
import type { ReadResult } from '../../../ports/inbound/item-reader.ts';
import type { PlainAnswer } from '../../../ports/inbound/server.ts';
import { ageHeader, cacheStatusHeader } from '../item-response.ts';
import { type Problem, plainAnswer, problemOf } from '../problem.ts';

/** Why a value is not answered. */
export interface ExtensionFailure {
  /** The status in the typed mode. AWS's extension answers every failure with 400. */
  readonly status: number;
  /** The name of AWS's error, or one in its form. */
  readonly type: string;
  /** Contains no value, name or token. */
  readonly message: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The body with which AWS's extension answers every failure; clients look for it. */
const FAILED = 'an unexpected error occurred while executing request';

const JSON_TYPE = 'application/json';
const NO_STORE = 'no-store';

/** The answer with a value. Nothing else may keep it. One literal: spread headers take a quarter of the time of a hit. */
export const valueAnswer = (
  { ageMs, cache }: Pick<ReadResult, 'ageMs' | 'cache'>,
  body: Uint8Array,
  cacheName: string,
): PlainAnswer => ({
  status: 200,
  headers: {
    'content-type': JSON_TYPE,
    'content-length': String(body.byteLength),
    'cache-control': NO_STORE,
    age: ageHeader(ageMs),
    'cache-status': cacheStatusHeader(cacheName, cache, 200),
  },
  body,
});

/** The answer to a failure as AWS's extension gives it, with headers that say why; or, if `isTyped`, with a status and JSON that do. */
export const extensionFailureAnswer = (
  { status, type, message, headers }: ExtensionFailure,
  isTyped: boolean,
): PlainAnswer =>
  isTyped
    ? textAnswer(status, JSON_TYPE, JSON.stringify({ __type: type, message }), headers)
    : textAnswer(400, TEXT, FAILED, {
        ...headers,
        'x-error-type': printable(type),
        'x-error-status': String(status),
        'x-error-message': printable(message),
      });

/** A header must not contain other characters. */
const printable = (text: string): string => text.replaceAll(/[^ -~]/g, '?');

const TEXT = 'text/plain; charset=utf-8';

/** The answer to a request that a guard rejects, or that no route takes. AWS documents none. */
export const problemText = ({ status, detail, headers }: Problem): PlainAnswer =>
  textAnswer(status, TEXT, detail, headers);

/** The answer of AWS's Secrets Manager Agent to a request for a secret that names none. */
export const noSecretId = (): PlainAnswer => textAnswer(400, TEXT, 'missing secret ID');

export const pingAnswer = (): PlainAnswer => textAnswer(200, TEXT, 'healthy');

const textAnswer = (
  status: number,
  contentType: string,
  text: string,
  headers?: PlainAnswer['headers'],
): PlainAnswer => plainAnswer(status, contentType, text, { 'cache-control': NO_STORE, ...headers });

/** The failure for an error of the cache. A refusal is that of AWS, so its own error is named. */
export const failureOf = (error: CacheError): ExtensionFailure => {
  const { status, detail, headers } = problemOf(error);
  const failure = { message: detail, ...(headers === undefined ? {} : { headers }) };
  if (error instanceof SourceThrottledError) return { ...failure, status: 503, type: 'ThrottlingException' };
  if (error instanceof SourceRefusedError && error.cause instanceof Error) {
    const type = error.cause.name;
    return { ...failure, status: type === ACCESS_DENIED ? 403 : status, type };
  }
  return { ...failure, status, type: TYPES.get(status) ?? 'InternalServiceError' };
};

const ACCESS_DENIED = 'AccessDeniedException';

/** The errors of AWS for the statuses of requests that were not sent to it. */
const TYPES: ReadonlyMap<number, string> = new Map([
  [400, 'ValidationException'],
  [403, ACCESS_DENIED],
]);
