import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createServer, type IncomingMessage } from 'node:http';
import { duplexPair } from 'node:stream';
import { framedBody } from '../../../src/adapters/http/server/http1/request-framing.ts';
import { readRequestHead } from '../../../src/adapters/http/server/request-head.ts';
import { MalformedRequestError } from '../../../src/adapters/http/server/server-errors.ts';

/** A request as it was understood. */
interface Read {
  readonly method: string;
  readonly target: string;
  readonly headers: readonly string[];
  readonly body: string;
}

const END_OF_HEAD = '\r\n\r\n';

/** What our reader makes of a request, and how many bytes of it; undefined if it is malformed or incomplete. */
const readByUs = (bytes: Buffer): (Read & { readonly length: number }) | undefined => {
  const end = bytes.indexOf(END_OF_HEAD);
  if (end === -1) return undefined;
  try {
    // The connection steps over empty lines before a request.
    const head = readRequestHead(bytes.toString('latin1', 0, end).replace(/^[\r\n]+/, ''));
    const framed = framedBody(head);
    let body = '';
    const start = end + END_OF_HEAD.length;
    const length =
      start +
      framed.read(bytes.subarray(start), (data) => {
        body += Buffer.from(data).toString('latin1');
      });
    const { method, target, headers } = head;
    return framed.isComplete ? { method, target, headers, body, length } : undefined;
  } catch (error) {
    if (error instanceof MalformedRequestError) return undefined;
    throw error;
  }
};

/** What the server of Node.js makes of a request; undefined if it refuses it or waits for more. */
const readByNode = (bytes: Buffer): Promise<Read | undefined> =>
  new Promise((resolve) => {
    const server = createServer({ requireHostHeader: false }, (request: IncomingMessage) => {
      let body = '';
      request.on('data', (piece: Buffer) => {
        body += piece.toString('latin1');
      });
      request.once('error', () => resolve(undefined));
      request.once('end', () => {
        const { method = '', url: target = '', rawHeaders: headers } = request;
        resolve({ method, target, headers, body });
      });
    });
    server.once('clientError', () => resolve(undefined));
    const [client, served] = duplexPair();
    client.once('close', () => resolve(undefined));
    client.on('error', () => undefined).resume();
    server.emit('connection', served);
    client.end(bytes);
  });

const token = fc.string({ unit: fc.constantFrom(...'aB1-_!~'), minLength: 1, maxLength: 6 });
const value = fc.string({ unit: fc.constantFrom(...'aZ9 \t,;="\u00e9\u0080'), maxLength: 8 });
const header = fc.oneof(
  fc.tuple(token, fc.constantFrom('', ' ', '\t'), value).map((parts) => `${parts[0]}:${parts[1]}${parts[2]}`),
  fc.constantFrom(
    'Host: localhost',
    'Connection: close',
    'Connection: keep-alive, x',
    'Content-Length: 3',
    'content-length: 0',
    'Transfer-Encoding: chunked',
    'Transfer-Encoding: gzip, chunked',
  ),
);
const head = fc
  .tuple(
    fc.constantFrom('GET', 'POST', 'DELETE', 'PURGE', 'M-SEARCH', 'GOT', 'get'),
    fc.constantFrom('/', '/dynamodb?name=a@@b', '*', 'http://localhost/', '/%00', '/a#b', 'localhost'),
    fc.constantFrom('HTTP/1.1', 'HTTP/1.1', 'HTTP/1.0', 'HTTP/1.2', 'HTTP/2.0'),
    fc.array(header, { maxLength: 4 }),
  )
  .map(([method, target, version, headers]) => [`${method} ${target} ${version}`, ...headers].join('\r\n'));
const body = fc.constantFrom(
  '',
  'abc',
  '3\r\nabc\r\n0\r\n\r\n',
  '1;x=y\r\na\r\n0\r\nt: v\r\n\r\n',
  '0\r\n\r\n',
);
const request = fc.tuple(head, body).map((parts) => Buffer.from(parts.join(END_OF_HEAD), 'latin1'));

const PIECES = [
  '',
  ' ',
  '\r',
  '\n',
  '\r\n',
  ':',
  ',',
  'a',
  '0',
  '-',
  ';',
  '\t',
  '\0',
  '\u007f',
  '\u00e9',
  '#',
  '\\',
];
const damagedRequest = fc
  .tuple(request, fc.nat(), fc.integer({ min: 0, max: 2 }), fc.constantFrom(...PIECES))
  .map(([bytes, place, removed, added]) => {
    const at = place % (bytes.length + 1);
    return Buffer.concat([bytes.subarray(0, at), Buffer.from(added, 'latin1'), bytes.subarray(at + removed)]);
  });

/**
 * What our reader refuses, and Node.js does not: another version or none, codings besides `chunked`, and an extension of a
 * chunk with `=` and no value, which RFC 9112 does not allow.
 */
const isRefusedByUsOnly = (bytes: Buffer): boolean => {
  const text = bytes.toString('latin1');
  const hasVersion = /^\s*\S+ +\S+ HTTP\/1\.[01]\r/.test(text);
  if (/^[0-9a-f]+[\t ]*;[^\r]*=[\t ]*[;\r]/im.test(text)) return true;
  return !hasVersion || /^transfer-encoding:(?![\t ]*chunked[\t ]*\r)/im.test(text);
};

/** Both readers understand the same, or both refuse. Says whether the request was understood. */
const isUnderstoodAlike = async (bytes: Buffer): Promise<boolean> => {
  // A tab behind a coding makes it another coding to Node.js, but is no part of it by RFC 9110.
  if (/^transfer-encoding:.*\t/im.test(bytes.toString('latin1'))) return false;
  const read = readByUs(bytes);
  if (read === undefined && isRefusedByUsOnly(bytes)) return false;
  // What follows a request is another one.
  const theirs = await readByNode(read === undefined ? bytes : bytes.subarray(0, read.length));
  const ours = read && { method: read.method, target: read.target, headers: read.headers, body: read.body };
  const request = bytes.toString('latin1');
  expect({ request, read: ours }).toEqual({ request, read: theirs });
  return read !== undefined;
};

describe('the HTTP/1.1 parser of the standalone layer', () => {
  it.each([
    ['requests', request, 600],
    ['damaged requests', damagedRequest, 1_500],
  ])('accepts and rejects %s like the parser of Node.js', async (_, requests, numRuns) => {
    let understood = 0;
    await fc.assert(
      fc.asyncProperty(requests, async (bytes) => {
        if (await isUnderstoodAlike(bytes)) understood += 1;
      }),
      { numRuns },
    );
    expect(understood).toBeGreaterThan(numRuns / 20);
  });

  it('alone rejects an extension of a chunk with = and no value', async () => {
    const bytes = Buffer.from(
      'GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1;x=\r\na\r\n0\r\n\r\n',
    );
    expect(await isUnderstoodAlike(bytes)).toBe(false);
  });

  it.each(['0', ' 0', '\t0', '0 ', '0  ', '0\t', '0 \t', '0\t '])(
    'accepts and rejects the length %j like the parser of Node.js',
    async (length) => {
      const bytes = Buffer.from(`GET / HTTP/1.1\r\nHost: a\r\nContent-Length:${length}\r\n\r\n`);
      // The property throws where they differ.
      expect(await isUnderstoodAlike(bytes)).toBe(!length.slice(1).includes('\t'));
    },
  );
});
