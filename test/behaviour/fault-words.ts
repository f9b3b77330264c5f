import type { FaultName } from '../support/faults/named-faults.ts';

/** What each fault does on the wire, or what DynamoDB says in it. */
export const FAULT_WORDS: Readonly<Record<FaultName, string>> = {
  pass: 'none: DynamoDB answers',
  hang: 'no answer, and the connection stays open',
  stall: 'half of an answer, and the connection stays open',
  reset: 'the connection is reset before the answer',
  'reset-midway': 'the connection is reset in the middle of the answer',
  truncate: 'the connection is closed in the middle of the answer',
  noise: 'bytes that are not HTTP',
  throttle: '400 `ProvisionedThroughputExceededException`',
  throttling: '400 `ThrottlingException`',
  'request-limit': '400 `RequestLimitExceeded`',
  500: '500 `InternalServerError`',
  503: '503 `ServiceUnavailable`',
  'bad-gateway': '502 with a page of HTML',
  garbage: '200 with bytes that are not UTF-8',
  empty: '200 with no body',
  cut: '200 with half of the JSON, as if it were all',
  gzip: '200 with a compressed body, for which nobody asked',
  'access-denied': '400 `AccessDeniedException`',
  'no-such-table': '400 `ResourceNotFoundException`',
  validation: '400 `ValidationException`',
  'expired-token': '400 `ExpiredTokenException`',
  'bad-signature': '400 `InvalidSignatureException`',
  'unknown-client': '400 `UnrecognizedClientException`',
};
