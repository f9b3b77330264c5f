import { once } from 'node:events';
import { request } from 'node:http';
import { createServer, type Server } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { AnswerReader } from '../../../src/adapters/dynamodb/answer-reader.ts';

interface Read {
  readonly status: number;
  readonly body: string;
}

/** What the reader makes of bytes that come in such pieces, and then end; undefined if that is no answer. */
const readBy = (pieces: readonly Buffer[]): Read | undefined => {
  let status = 0;
  let body = '';
  const reader = new AnswerReader({
    head: (head) => {
      status = head.status;
    },
    piece: (piece) => {
      body += piece.toString('latin1');
    },
  });
  try {
    for (const piece of pieces) {
      if (reader.isDone && piece.length > 0) return undefined;
      if (!reader.isDone) reader.take(piece);
    }
  } catch {
    return undefined;
  }
  return reader.isDone || reader.end() ? { status, body } : undefined;
};

const splitAt = (bytes: Buffer, places: readonly number[]): Buffer[] => {
  const cuts = [0, ...places.map((place) => place % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  return cuts.slice(1).map((cut, index) => bytes.subarray(cuts[index], cut));
};

const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1');
const body = fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes).toString('latin1'));
const extra = fc.constantFrom(
  '',
  'X-A: b\r\n',
  'Keep-Alive: timeout=5\r\nx-a:\t\r\n',
  'Connection: close\r\n',
);
const status = fc.constantFrom(200, 400, 500);
const framed = fc.oneof(
  body.map((text) => [`Content-Length: ${text.length}\r\n\r\n${text}`, text] as const),
  fc.array(body, { maxLength: 4 }).map((texts) => {
    const chunks = texts
      .filter((text) => text !== '')
      .map((text) => `${text.length.toString(16)}\r\n${text}\r\n`);
    return [`Transfer-Encoding: chunked\r\n\r\n${chunks.join('')}0\r\n\r\n`, texts.join('')] as const;
  }),
  body.map((text) => [`\r\n${text}`, text] as const),
);
const answers = fc.tuple(status, extra, framed).map(([code, headers, [rest, text]]) => ({
  bytes: latin1(`HTTP/1.1 ${code} Said\r\n${headers}${rest}`),
  read: { status: code, body: text },
}));
const cuts = fc.array(fc.nat(), { maxLength: 6 });

/** One byte in place of another, one more, or some fewer. */
const damaged = fc
  .tuple(
    answers,
    fc.nat(),
    fc.constantFrom(0, 1, 2),
    fc.constantFrom(0x0a, 0x0d, 0x20, 0x00, 0x3a, 0x30, 0x66, 0xff),
  )
  .map(([{ bytes }, place, kind, byte]) => {
    const at = place % bytes.length;
    const rest = bytes.subarray(kind === 1 ? at : at + 1 + kind * 2);
    return Buffer.concat([bytes.subarray(0, at), Buffer.of(byte), rest]);
  });

describe('AnswerReader', () => {
  let server: Server;
  let sent: readonly Buffer[] = [];

  beforeAll(async () => {
    server = createServer({ noDelay: true }, (socket) => {
      socket
        .on('error', () => undefined)
        .once('data', () => {
          for (const piece of sent) socket.write(piece);
          socket.end();
        });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
  });

  afterAll(async () => {
    server.close();
    await once(server, 'close');
  });

  /** What the client of Node.js makes of the same. */
  const readByNode = (pieces: readonly Buffer[]): Promise<Read | undefined> => {
    sent = pieces;
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    return new Promise((resolve) => {
      const call = request({ port, host: '127.0.0.1', method: 'POST', agent: false }, (response) => {
        let text = '';
        response.setEncoding('latin1');
        response.on('data', (piece: string) => {
          text += piece;
        });
        response.on('end', () => resolve({ status: response.statusCode ?? 0, body: text }));
        response.on('error', () => resolve(undefined));
      });
      call.on('error', () => resolve(undefined));
      call.end();
    });
  };

  it('reads an answer, in whatever pieces it comes', () => {
    fc.assert(
      fc.property(answers, cuts, ({ bytes, read }, places) => {
        expect(readBy(splitAt(bytes, places))).toEqual(read);
      }),
      { numRuns: 500 },
    );
  });

  it('makes the same of damaged bytes, in whatever pieces they come', () => {
    fc.assert(
      fc.property(damaged, cuts, (bytes, places) => {
        expect(readBy(splitAt(bytes, places))).toEqual(readBy([bytes]));
      }),
      { numRuns: 500 },
    );
  });

  it('takes for an answer nothing of which the client of Node.js makes another', async () => {
    let taken = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          damaged,
          answers.map(({ bytes }) => bytes),
        ),
        cuts,
        async (bytes, places) => {
          const pieces = splitAt(bytes, places);
          const read = readBy(pieces);
          if (read === undefined) return;
          taken += 1;
          expect(await readByNode(pieces)).toEqual(read);
        },
      ),
      { numRuns: 300 },
    );
    expect(taken).toBeGreaterThan(50);
  });
});
