import type { SoakRequest } from './request.ts';

const bad = (
  target: string,
  status: number,
  code: string,
  headers: Readonly<Record<string, string>> = {},
  method = 'GET',
): SoakRequest => ({ method, target, headers, expectation: { kind: 'problem', status, code } });

/** Requests that nobody should send, with what each is told. */
export const BAD_REQUESTS: readonly [SoakRequest, ...SoakRequest[]] = [
  bad('/dynamodb', 400, 'malformed_name'),
  bad('/dynamodb?name=Words', 400, 'malformed_name'),
  bad('/dynamodb?name=Words@@', 400, 'malformed_name'),
  bad('/dynamodb?name=Pairs@@k1', 400, 'malformed_name'),
  bad('/dynamodb?name=Pairs@@k1@@one', 400, 'malformed_name'),
  bad('/dynamodb?name=Pairs@@k1@@@1', 400, 'ambiguous_name'),
  bad('/dynamodb?name=Pairs@@k1@@x@@1', 400, 'ambiguous_name'),
  bad('/dynamodb?name=Numbers@@1e200', 400, 'malformed_name'),
  bad('/dynamodb?name=Numbers@@123456789012345678901234567890123456789', 400, 'malformed_name'),
  bad('/dynamodb?name=Bytes@@!!@@x', 400, 'malformed_name'),
  bad('/dynamodb?name=Words@@%ff', 400, 'malformed_name'),
  bad('/dynamodb?name=Words@@%zz', 400, 'malformed_name'),
  bad('/dynamodb?name=Words@@k0&name=Words@@k0', 400, 'malformed_name'),
  bad('/dynamodb?name=Words@@k0&table=Words', 400, 'malformed_name'),
  bad('/dynamodb?table=Words&sortKey=1', 400, 'malformed_name'),
  bad('/dynamodb?table=Words', 400, 'malformed_name'),
  bad('/dynamodb?name=Words@@k0&shape=round', 400, 'unknown_parameter'),
  bad('/dynamodb?name=Words@@k0&format=xml', 400, 'unknown_parameter'),
  bad('/dynamodb?name=Words@@k0', 400, 'malformed_request', { 'cache-control': 'max-age=soon' }),
  bad('/dynamodb?name=Words@@k0', 400, 'malformed_request', { 'cache-control': '=,=' }),
  bad('/dynamodb?name=Words@@k0', 400, 'forwarded_request', { 'x-forwarded-for': '10.0.0.1' }),
  bad('/dynamodb?name=Words@@k0', 400, 'foreign_host', { host: 'example.com' }),
  bad('/dynamodb?name=Words@@k0', 400, 'cross_site', { origin: 'https://example.com' }),
  bad('/dynamodb?name=Secrets@@k0', 403, 'table_not_configured'),
  bad('/nothing', 404, 'no_such_route'),
  bad('/dynamodb?name=Words@@k0', 405, 'method_not_allowed', {}, 'POST'),
  bad('/dynamodb?name=Words@@', 400, 'malformed_name', {}, 'DELETE'),
  bad('/dynamodb?table=Words&sortKey=1', 400, 'malformed_name', {}, 'DELETE'),
  bad('/health', 405, 'method_not_allowed', {}, 'PUT'),
];
