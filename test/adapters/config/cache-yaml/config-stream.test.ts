import { Readable } from 'node:stream';
import { expect, it } from '@jest/globals';
import { readConfigStream } from '../../../../src/adapters/config/cache-yaml/config-file.ts';

const bytes = (...chunks: readonly (string | Uint8Array)[]) =>
  Readable.from(chunks.map((chunk) => Buffer.from(chunk)));

it('reads a stream to its end, wherever it is cut', async () => {
  const [first, second] = [Buffer.from('é').subarray(0, 1), Buffer.from('é').subarray(1)];

  expect(await readConfigStream('<stdin>', bytes('dynamodb: ', first, second))).toEqual({
    path: '<stdin>',
    text: 'dynamodb: é',
  });
});

it('reads an empty stream as an empty text', async () => {
  expect(await readConfigStream('<stdin>', bytes())).toEqual({ path: '<stdin>', text: '' });
});

it('leaves a stream that is too long, without reading the rest', async () => {
  let chunks = 0;
  const long = Readable.from(
    (function* () {
      while (chunks < 100) {
        chunks += 1;
        yield Buffer.alloc(65_536);
      }
    })(),
    { highWaterMark: 1 },
  );

  expect(await readConfigStream('<stdin>', long)).toEqual({
    problem: '<stdin> has too many bytes; allowed: at most 1048576',
  });
  expect(chunks).toBeLessThan(30);
});

it('accepts a stream of the maximum size', async () => {
  expect(await readConfigStream('<stdin>', bytes('#'.repeat(1_048_576)))).toMatchObject({ path: '<stdin>' });
});

it('reports bytes that are not UTF-8 text', async () => {
  expect(await readConfigStream('<stdin>', bytes(Uint8Array.of(0xff, 0xfe)))).toEqual({
    problem: '<stdin> is not UTF-8 text; allowed: YAML in UTF-8',
  });
});
