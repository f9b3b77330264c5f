import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { NodeAnswerReading, readByAnswerReader, splitAt } from '../../../support/dynamodb/answer-reading.ts';

const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1');
const cuts = fc.array(fc.nat(), { maxLength: 6 });
const body = fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes).toString('latin1'));

const informational = fc.array(
  fc.constantFrom(
    'HTTP/1.1 100 Continue\r\n\r\n',
    'HTTP/1.1 100\r\nx-a: b\r\n\r\n',
    'HTTP/1.1 102 Processing\r\n\r\n',
    'HTTP/1.1 103 Early Hints\r\nLink: </a>\r\nContent-Length: 5\r\n\r\n',
  ),
  { maxLength: 3 },
);

const header = fc.constantFrom(
  'X-A: b',
  'x-a:  c ,d\t',
  'X-Empty:',
  "X!#$%&'*+-.^_`|~9: all the signs of a name",
  'X-Latin: caf\u00e9',
  'Keep-Alive: timeout=5',
  'Connection: keep-alive',
  'Connection: close',
);

const extension = fc.constantFrom('', '', ';a', ';a=b', ';a=b;c=d', ';a="b"');
const size = fc
  .tuple(fc.constantFrom('', '', '0', '000'), fc.boolean())
  .map(([zeros, isUpper]) => (length: number) => {
    const digits = `${zeros}${length.toString(16)}`;
    return isUpper ? digits.toUpperCase() : digits;
  });
const chunk = fc
  .tuple(size, extension, body)
  .filter(([, , text]) => text !== '')
  .map(([digits, said, text]) => ({ bytes: `${digits(text.length)}${said}\r\n${text}\r\n`, text }));
const trailers = fc.array(fc.constantFrom('X-T: u', 'x-t:', 'X-Latin: \u00e9'), {
  maxLength: 3,
});
const line = (text: string): string => `${text}\r\n`;

const framed = fc.oneof(
  body.map((text) => ({ head: [`Content-Length: ${text.length}`], rest: text, text })),
  fc
    .tuple(fc.array(chunk, { maxLength: 3 }), size, extension, trailers)
    .map(([chunks, digits, said, trailing]) => ({
      head: ['Transfer-Encoding: chunked'],
      rest: `${chunks.map(({ bytes }) => bytes).join('')}${digits(0)}${said}\r\n${trailing.map(line).join('')}\r\n`,
      text: chunks.map(({ text }) => text).join(''),
    })),
  body.map((text) => ({ head: [], rest: text, text })),
);

/** Answers that are right, in less usual forms. */
const rightAnswer = fc
  .tuple(
    informational,
    fc.constantFrom(200, 201, 400, 500, 503),
    fc.array(header, { maxLength: 4 }),
    fc.array(header, { maxLength: 2 }),
    framed,
  )
  .map(([before, status, above, below, { head, rest, text }]) => ({
    bytes: latin1(
      `${before.join('')}HTTP/1.1 ${status} Said\r\n${[...above, ...head, ...below].map(line).join('')}\r\n${rest}`,
    ),
    status,
    body: text,
  }));

/** Parts of heads and bodies, right and wrong, in any combination. */
const STATUS_LINES = [
  ...[
    'HTTP/1.1 200 OK',
    'HTTP/1.1 200',
    'HTTP/1.1 200 ',
    'HTTP/1.0 200 OK',
    'HTTP/1.1 204 No',
    'HTTP/1.1 304 Not',
  ],
  ...[
    'HTTP/1.1 100 Continue',
    'HTTP/1.1 101 Switch',
    'HTTP/1.1 000 None',
    'HTTP/1.1 600 More',
    'HTTP/1.1 20 OK',
  ],
  ...[
    'HTTP/1.1  200 OK',
    'HTTP/1.1 2000 OK',
    'http/1.1 200 OK',
    'HTTP/2.0 200 OK',
    'HTTP/1.2 200 OK',
    ' HTTP/1.1 200 OK',
  ],
];
const HEADER_LINES = [
  ...['Content-Length: 3', 'Content-Length: 3', 'Content-Length: 0', 'Content-Length: 03'],
  ...[
    'Content-Length: +3',
    'Content-Length: -3',
    'Content-Length: 3, 3',
    'Content-Length: 0x3',
    'Content-Length:',
  ],
  ...[
    'Content-Length: 3 3',
    'Content-Length : 3',
    'Content-Length: 99999999999999999999',
    ' Content-Length: 3',
  ],
  ...[
    'Transfer-Encoding: chunked',
    'Transfer-Encoding: chunked',
    'transfer-encoding: Chunked',
    'Transfer-Encoding:',
  ],
  ...['Transfer-Encoding: gzip, chunked', 'Transfer-Encoding: chunked, gzip', 'Transfer-Encoding: identity'],
  ...['Transfer-Encoding: chunked, chunked', 'Transfer-Encoding: xchunked', 'Transfer-Encoding\t: chunked'],
  ...[
    'X-A: b',
    'X-A: b\r c',
    'X-A: b\n',
    'X-A: b\u0000',
    'X-A: \u007f',
    'X A: b',
    ': b',
    'no colon',
    '\tfolded',
    'X-\u00e9: b',
  ],
  ...['Connection: close', 'Connection: keep-alive', 'Upgrade: h2c', 'Connection: upgrade'],
];
const BODIES = [
  ...[
    'abc',
    'abc',
    'abcd',
    'ab',
    '',
    '3\r\nabc\r\n0\r\n\r\n',
    '3\r\nabc\r\n0\r\n\r\n',
    '0\r\n\r\n',
    '0\r\nX-T: u\r\n\r\n',
  ],
  ...['3;a=b\r\nabc\r\n0;c\r\n\r\n'],
  ...[
    '3 \r\nabc\r\n0\r\n\r\n',
    ' 3\r\nabc\r\n0\r\n\r\n',
    '+3\r\nabc\r\n0\r\n\r\n',
    '0x3\r\nabc\r\n0\r\n\r\n',
    '\r\n',
  ],
  ...[
    '3\nabc\n0\n\n',
    '3\r\nabc0\r\n\r\n',
    '3\r\nabcd\r\n0\r\n\r\n',
    '3\r\nabc\r\n',
    '3\r\nabc\r\n0\r\n',
    '3\r\nabc\r\n0\r\n\n',
  ],
  ...[
    'g\r\n',
    '-1\r\n',

    '3;\u0000\r\nabc\r\n0\r\n\r\n',
    '3;a\r\r\nabc\r\n0\r\n\r\n',
  ],
  ...[
    '0\r\nX T: u\r\n\r\n',
    '0\r\nX-T: u\n\r\n',
    '0\r\n folded\r\n\r\n',
    '0\r\n\r\n0\r\n\r\n',
    '0\r\n\r\nHTTP/1.1 200 OK\r\n\r\n',
  ],
  ...['ffffffffffffffff\r\n', '10000000000000003\r\nabc\r\n0\r\n\r\n'],
];
const ENDS_OF_LINE = ['\r\n', '\r\n', '\r\n', '\r\n', '\r\n', '\n', '\r', '\r\r\n'];
const anyAnswer = fc
  .tuple(
    informational,
    fc.oneof(fc.constant('HTTP/1.1 200 OK'), fc.constantFrom(...STATUS_LINES)),
    fc.array(fc.oneof(header, fc.constantFrom(...HEADER_LINES)), { maxLength: 3 }),
    fc.oneof({ weight: 4, arbitrary: fc.constant('\r\n') }, fc.constantFrom(...ENDS_OF_LINE)),
    fc.constantFrom(...BODIES),
  )
  .map(([before, statusLine, lines, end, rest]) =>
    latin1(`${before.join('')}${[statusLine, ...lines, ''].join(end)}\r\n${rest}`),
  );

describe('AnswerReader compared with the client of Node.js', () => {
  const byNode = new NodeAnswerReading();

  beforeAll(() => byNode.start());
  afterAll(() => byNode.stop());

  it('reads informational heads, repeated headers, chunk extensions and trailers as Node.js does', async () => {
    await fc.assert(
      fc.asyncProperty(rightAnswer, cuts, async ({ bytes, status, body: text }, places) => {
        const pieces = splitAt(bytes, places);
        const read = readByAnswerReader(pieces);
        expect(read).toMatchObject({ status, body: text });
        expect(await byNode.read(pieces)).toEqual(read);
      }),
      { numRuns: 300 },
    );
  });

  it('refuses what Node.js refuses, and reads the rest as Node.js does or refuses it', async () => {
    let read = 0;
    await fc.assert(
      fc.asyncProperty(anyAnswer, cuts, async (bytes, places) => {
        const pieces = splitAt(bytes, places);
        const ours = readByAnswerReader(pieces);
        if (ours === undefined) return;
        read += 1;
        expect(await byNode.read(pieces)).toEqual(ours);
      }),
      { numRuns: 1000 },
    );
    expect(read).toBeGreaterThan(50);
  });

  it.each([
    ['a tab after the length', 'Content-Length: 3\t\r\n\r\nabc'],
    ['blanks around a chunk extension', 'Transfer-Encoding: chunked\r\n\r\n3 ; a = b\r\nabc\r\n0\r\n\r\n'],
    ['an empty chunk extension', 'Transfer-Encoding: chunked\r\n\r\n3;\r\nabc\r\n0\r\n\r\n'],
    ['an open quote in a chunk extension', 'Transfer-Encoding: chunked\r\n\r\n3;a="\r\nabc\r\n0\r\n\r\n'],
    [
      'a length among the trailers',
      'Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nContent-Length: 1\r\n\r\n',
    ],
  ])('reads %s, which does not move the end of the body, although Node.js may refuse it', async (_, rest) => {
    const pieces = [latin1(`HTTP/1.1 200 OK\r\n${rest}`)];
    const ours = readByAnswerReader(pieces);
    expect(ours?.body).toBe('abc');
    expect([undefined, ours]).toContainEqual(await byNode.read(pieces));
  });

  it.each([204, 304])('refuses chunks after the status %d, which has no body', async (status) => {
    for (const chunks of ['0\r\n\r\n', '3\r\nabc\r\n0\r\n\r\n', '']) {
      const bytes = latin1(`HTTP/1.1 ${status} Said\r\nTransfer-Encoding: chunked\r\n\r\n${chunks}`);
      expect(readByAnswerReader([bytes])).toBeUndefined();
    }
  });
});
