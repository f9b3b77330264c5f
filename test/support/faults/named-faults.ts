import type { Fault } from './exchange.ts';
import {
  answer,
  cut,
  failure,
  gzip,
  hang,
  noise,
  pass,
  reset,
  resetMidway,
  stall,
  truncate,
} from './faults.ts';

/** Every fault that needs no argument, by the name that it has on the command line and in titles of tests. */
export const FAULTS = {
  pass,
  hang,
  stall,
  reset,
  'reset-midway': resetMidway,
  truncate,
  noise,
  /** What DynamoDB says if it has nothing under a key. */
  'no-item': answer(200, '{}'),
  throttle: failure(400, 'ProvisionedThroughputExceededException'),
  throttling: failure(400, 'ThrottlingException'),
  'request-limit': failure(400, 'RequestLimitExceeded'),
  500: failure(500, 'InternalServerError'),
  503: failure(503, 'ServiceUnavailable'),
  /** What stands before a service answers for it, in words of its own. */
  'forbidden-page': answer(403, '<html><body>Forbidden</body></html>', { 'content-type': 'text/html' }),
  'bad-gateway': answer(502, '<html><body>Bad Gateway</body></html>', { 'content-type': 'text/html' }),
  garbage: answer(200, Uint8Array.of(0xff, 0xfe, 0x00, 0x7b, 0x22)),
  empty: answer(200, ''),
  /** An error with the status of an answer. */
  'error-as-success': answer(200, '{"__type":"com.amazonaws.dynamodb.v20120810#InternalFailure"}'),
  'other-object': answer(200, '{"status":"ok"}'),
  'other-item': answer(200, '{"Item":{"id":{"S":"another"},"v":{"N":"2"}}}'),
  'other-type': answer(200, '{}', { 'content-type': 'application/json' }),
  cut,
  gzip,
  'access-denied': failure(400, 'AccessDeniedException'),
  'no-such-table': failure(400, 'ResourceNotFoundException'),
  validation: failure(400, 'ValidationException'),
  'expired-token': failure(400, 'ExpiredTokenException'),
  'bad-signature': failure(400, 'InvalidSignatureException'),
  'unknown-client': failure(400, 'UnrecognizedClientException'),
} satisfies Readonly<Record<string, Fault>>;

export type FaultName = keyof typeof FAULTS;

export const isFaultName = (name: string): name is `${FaultName}` => Object.hasOwn(FAULTS, name);
