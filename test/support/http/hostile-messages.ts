import type { Chance } from '../chance.ts';

/** Bytes that a hostile caller sends. */
export interface Message {
  readonly bytes: Buffer;
  /** What a well-formed request must be answered; absent where only the manners are known. */
  readonly expected?: { readonly status: number; readonly code?: string; readonly isHead?: boolean };
}

const HOST = 'Host: localhost';
const ITEM = '/dynamodb?name=Things@@item-1';

type Rule = readonly [request: readonly string[], status: number, code?: string];

/** Requests and what the documentation says of them. */
const RULES: readonly [Rule, ...Rule[]] = [
  [[`GET ${ITEM} HTTP/1.1`, HOST], 200],
  [[`HEAD ${ITEM} HTTP/1.1`, HOST], 200],
  [['GET /dynamodb?table=Things&hashKey=item-2 HTTP/1.1', 'Host: 127.0.0.1:4000'], 200],
  [[`GET ${ITEM}&format=dynamodb HTTP/1.1`, 'Host: [::1]'], 200],
  [[`GET http://localhost${ITEM} HTTP/1.1`, HOST, 'Accept: */*'], 200],
  [[`GET ${ITEM} HTTP/1.1`, HOST, 'Content-Length: 0'], 200],
  [[`GET ${ITEM} HTTP/1.1`, HOST, 'Cache-Control: no-cache'], 200],
  [['GET /dynamodb?name=Things@@nobody HTTP/1.1', HOST], 404, 'item_not_found'],
  [['DELETE /dynamodb?name=Things@@item-3 HTTP/1.1', HOST], 204],
  [['GET /health HTTP/1.1', HOST], 200],
  [['GET /metrics HTTP/1.1', HOST], 200],
  [['GET / HTTP/1.1', HOST], 404, 'no_such_route'],
  [['GET /%ff%00/../..//dynamodb HTTP/1.1', HOST], 404, 'no_such_route'],
  [['GET /dynamodb?name=Others@@a HTTP/1.1', HOST], 403, 'table_not_configured'],
  [['GET /dynamodb?name=%ff HTTP/1.1', HOST], 400, 'malformed_name'],
  [['GET /dynamodb?name=%zz HTTP/1.1', HOST], 400, 'malformed_name'],
  [['GET /dynamodb?__proto__=x HTTP/1.1', HOST], 400, 'unknown_parameter'],
  [[`GET ${ITEM} HTTP/1.1`, HOST, 'Cache-Control: max-age=-'], 400, 'malformed_request'],
  [[`GET ${ITEM} HTTP/1.1`, 'Host: cache.example'], 400, 'foreign_host'],
  [[`GET ${ITEM} HTTP/1.1`, HOST, 'Via: 1.1 proxy'], 400, 'forwarded_request'],
  [[`GET ${ITEM} HTTP/1.1`, HOST, 'Origin: https://site.example'], 400, 'cross_site'],
  [[`PUT ${ITEM} HTTP/1.1`, HOST], 405, 'method_not_allowed'],
  [[`OPTIONS ${ITEM} HTTP/1.1`, HOST], 405, 'method_not_allowed'],
];

/** What a parser has to get right, put into requests where it does not belong. */
const SNIPPETS: readonly [string, ...string[]] = [
  '\r\n',
  '\r\n\r\n',
  '\n',
  '\0',
  ' ',
  ':',
  '%',
  '@@',
  '&',
  '#',
  '\\',
  '\u00ff',
  'HTTP/1.0',
  'HTTP/9.9',
  '\r\nTransfer-Encoding: chunked',
  '\r\nContent-Length: 18446744073709551616',
  '\r\nContent-Length: -1',
  '\r\nContent-Length: 5',
  '\r\nConnection: close',
  '\r\nConnection: upgrade\r\nUpgrade: h2c',
  '\r\nExpect: 100-continue',
  '\r\nHost: a\r\nHost: b',
  '\r\n Folded: header',
  '\r\nCache-Control: max-age=99999999999999999999',
  `\r\nX: ${'x'.repeat(20_000)}`,
  '5\r\nhello\r\n0\r\n\r\n',
];

/** A request that is in order, though not always welcome. @param isLast whether it asks for the connection to be closed */
export const wellFormed = (random: Chance, isLast = false): Message => {
  const [lines, status, code] = random.pick(RULES);
  const isHead = lines[0]?.startsWith('HEAD ') === true;
  const bytes = Buffer.from(
    [...lines, ...(isLast ? ['Connection: close'] : []), '', ''].join('\r\n'),
    'latin1',
  );
  return { bytes, expected: { status, isHead, ...(code === undefined ? {} : { code }) } };
};

/** What ends a connection on which anything may have been sent before. */
export const GOODBYE: Message = {
  bytes: Buffer.from(['GET /health HTTP/1.1', HOST, 'Connection: close', '', ''].join('\r\n')),
  expected: { status: 200 },
};

/** A request that something has happened to. */
export const mutated = (random: Chance): Message => {
  const [lines] = random.pick(RULES);
  // An answer to HEAD has no body, which nobody could tell who does not know what became of the method.
  let bytes: Buffer = Buffer.from([...lines, '', ''].join('\r\n').replace(/^HEAD /, 'GET '), 'latin1');
  for (let left = 1 + random.below(3); left > 0; left -= 1) bytes = mutation(bytes, random);
  return { bytes };
};

/** No request at all. */
export const noise = (random: Chance): Message => ({ bytes: random.bytes(1 + random.below(120)) });

const mutation = (bytes: Buffer, random: Chance): Buffer => {
  const at = random.below(bytes.length + 1);
  const [before, after] = [bytes.subarray(0, at), bytes.subarray(at)];
  switch (random.below(5)) {
    case 0:
      return Buffer.concat([before, random.bytes(1), after.subarray(1)]);
    case 1:
      return Buffer.concat([before, after.subarray(1 + random.below(8))]);
    case 2:
      return Buffer.concat([before, Buffer.from(random.pick(SNIPPETS), 'latin1'), after]);
    case 3:
      return Buffer.concat([before, bytes.subarray(random.below(bytes.length + 1))]);
    default:
      return before;
  }
};
