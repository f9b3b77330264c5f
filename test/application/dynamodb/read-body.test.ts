import { describe, expect, it } from '@jest/globals';
import { answerOf, readBody, withBody } from '../../../src/application/dynamodb/read-body.ts';

async function* inPieces(...pieces: readonly (readonly number[])[]) {
  for (const piece of pieces) yield Uint8Array.from(piece);
}

const answer = (body: Uint8Array | AsyncIterable<Uint8Array>, headers: Record<string, string> = {}) => ({
  status: 200,
  headers,
  body,
});

describe('readBody', () => {
  it('returns the same bytes if the body is not a stream', async () => {
    const body = Uint8Array.of(1, 2);

    expect(await readBody(answer(body))).toBe(body);
  });

  it('returns all pieces of a stream in order', async () => {
    expect(await readBody(answer(inPieces([1, 2], [], [3], [4, 5, 6])))).toEqual(
      Uint8Array.of(1, 2, 3, 4, 5, 6),
    );
    expect(await readBody(answer(inPieces()))).toEqual(new Uint8Array());
  });

  it('rejects if the stream ends early', async () => {
    const broken = async function* () {
      yield Uint8Array.of(1);
      throw new Error('the connection broke');
    };

    await expect(readBody(answer(broken()))).rejects.toThrow('the connection broke');
  });

  it.each([1_048_576, 4_096])(
    'is refused beyond 17 MiB, in pieces of %i bytes, and the rest is not read',
    async (size) => {
      let [given, isClosed] = [0, false];
      const endless = async function* () {
        try {
          for (;;) {
            given += size;
            yield new Uint8Array(size);
          }
        } finally {
          isClosed = true;
        }
      };

      await expect(readBody(answer(endless()))).rejects.toMatchObject({ code: 'upstream_unavailable' });
      expect(isClosed).toBe(true);
      expect(given).toBe(17 * 1_048_576 + size);
    },
  );
});

describe('withBody', () => {
  it('keeps the status and the request id, and drops headers that describe the old body', () => {
    const old = answer(new Uint8Array(), {
      'x-amzn-requestid': 'R',
      'x-amz-crc32': '1',
      'content-length': '0',
    });

    expect(withBody({ ...old, status: 203 }, Uint8Array.of(7))).toEqual({
      status: 203,
      headers: { 'x-amzn-requestid': 'R' },
      body: Uint8Array.of(7),
    });
    expect(
      withBody(answer(new Uint8Array(), { 'x-amz-crc32': '1' }), Uint8Array.of(7)).headers,
    ).toStrictEqual({});
  });
});

describe('answerOf', () => {
  it('returns status 200 and no headers', () => {
    expect(answerOf(Uint8Array.of(7))).toEqual({ status: 200, headers: {}, body: Uint8Array.of(7) });
  });
});
