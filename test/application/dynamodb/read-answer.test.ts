import { describe, expect, it } from '@jest/globals';
import {
  answerOf,
  discard,
  isTooHeavyToRead,
  isTooLargeToRead,
  readBody,
  readBodyUnlessLong,
  withBody,
} from '../../../src/application/dynamodb/read-answer.ts';

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

describe('readBodyUnlessLong', () => {
  it('returns nothing for a body of more than 17 MiB, and rejects if the stream breaks', async () => {
    const long = Array.from({ length: 18 }, () => new Uint8Array(1_048_576));
    const inParts = async function* () {
      yield* long;
    };
    const broken = async function* () {
      yield Uint8Array.of(1);
      throw new Error('the connection broke');
    };

    expect(await readBodyUnlessLong(answer(inParts()))).toBeUndefined();
    await expect(readBodyUnlessLong(answer(broken()))).rejects.toThrow('the connection broke');
    expect(await readBodyUnlessLong(answer(inPieces([1, 2])))).toEqual(Uint8Array.of(1, 2));
  });
});

describe('isTooLargeToRead', () => {
  it.each([
    ['bytes', 1_048_576, false],
    ['bytes', 1_048_577, true],
    ['a stream', 1_048_576, false],
    ['a stream', 1_048_577, true],
  ])('limits an answer to 1 MiB: %s of %d bytes', (kind, length, expected) => {
    const given =
      kind === 'bytes'
        ? answer(new Uint8Array(length))
        : answer(inPieces([1]), { 'content-length': String(length) });

    expect(isTooLargeToRead(given)).toBe(expected);
  });

  it('admits a stream of unknown length', () => {
    expect(isTooLargeToRead(answer(inPieces([1])))).toBe(false);
  });
});

describe('isTooHeavyToRead', () => {
  /** A list of zeros in JSON, filled up with white space. */
  const listOf = (count: number, bytes: number) =>
    new TextEncoder().encode(`[${Array(count).fill(0).join(',')}]`.padEnd(bytes));
  const escapesIn = (text: string, count: number) => new TextEncoder().encode(`"${text.repeat(count)}"`);

  it.each([
    ['with many values, of at most 128 KiB', listOf(60_000, 131_072), false],
    ['with many values, of more than 128 KiB', listOf(60_000, 131_073), true],
    ['with few values, of at most 1 MiB', listOf(1_000, 1_048_576), false],
    ['with few values, of more than 1 MiB', listOf(1_000, 1_048_577), true],
    ['with 65,536 escapes', escapesIn('\\n', 65_536), false],
    ['with 65,537 escapes', escapesIn('\\n', 65_537), true],
    ['with 65,536 escaped backslashes', escapesIn('\\\\', 65_536), false],
    ['with 65,537 escaped backslashes', escapesIn('\\\\', 65_537), true],
  ])('decides for a body %s', (_, body, expected) => {
    expect(isTooHeavyToRead(body)).toBe(expected);
  });
});

describe('discard', () => {
  it('closes a stream after its first piece', async () => {
    let [given, isClosed] = [0, false];
    const endless = async function* () {
      try {
        for (;;) {
          given += 1;
          yield Uint8Array.of(1);
        }
      } finally {
        isClosed = true;
      }
    };
    await discard(answer(endless()));

    expect([given, isClosed]).toEqual([1, true]);
  });

  it('has nothing to do for bytes, and ignores a stream that is broken', async () => {
    // biome-ignore lint/correctness/useYield: it breaks before its first piece
    const broken = async function* (): AsyncGenerator<Uint8Array> {
      throw new Error('the connection broke');
    };

    await expect(discard(answer(Uint8Array.of(1)))).resolves.toBeUndefined();
    await expect(discard(answer(broken()))).resolves.toBeUndefined();
  });
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
