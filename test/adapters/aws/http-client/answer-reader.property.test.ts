import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  NodeAnswerReading,
  type ReadAnswer,
  readByAnswerReader,
  splitAt,
} from '../../../support/dynamodb/answer-reading.ts';

/** The status and body of an answer; its headers are compared in `answer-reader.framing.property.test.ts`. */
const essence = (read: ReadAnswer | undefined) => read && { status: read.status, body: read.body };

const readBy = (pieces: readonly Buffer[]) => essence(readByAnswerReader(pieces));

const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1');
const body = fc
  .uint8Array({ maxLength: 200, size: 'max' })
  .map((bytes) => Buffer.from(bytes).toString('latin1'));
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
  const byNode = new NodeAnswerReading();

  beforeAll(() => byNode.start());
  afterAll(() => byNode.stop());

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
          expect(essence(await byNode.read(pieces))).toEqual(read);
        },
      ),
      { numRuns: 300 },
    );
    expect(taken).toBeGreaterThan(50);
  });
});
