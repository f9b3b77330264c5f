import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { plainJson } from '../../../src/domain/dynamodb/json/item-bodies.ts';
import { PlainWriter } from '../../../src/domain/dynamodb/json/plain-writer.ts';
import { JsonBytes } from '../../../src/domain/json/json-bytes.ts';
import { readObject } from '../../../src/domain/json/json-object.ts';
import {
  elementsOf,
  jsonStringEquals,
  membersOf,
  skipSpace,
  valueEnd,
} from '../../../src/domain/json/json-scanner.ts';
import { JsonSkipper } from '../../../src/domain/json/json-skipper.ts';
import { anyText } from '../../support/any-text.ts';
import { anyAttributes } from '../../support/dynamodb/any-attributes.ts';
import { anyJson, anyJsonText, damaged, spelled, spellingChoices } from '../../support/json-spelling.ts';

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const textOf = (bytes: Uint8Array): string =>
  new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);

/** What JSON.parse makes of `bytes`, in a list; an empty one if they are not JSON in UTF-8. */
const parsed = (bytes: Uint8Array): readonly unknown[] => {
  try {
    return [JSON.parse(textOf(bytes))];
  } catch {
    return [];
  }
};

/** The result of `work`, in a list; an empty one if it throws a `SyntaxError`, or meets what is not UTF-8. */
const unlessRefused = <Result>(work: () => Result): readonly Result[] => {
  try {
    return [work()];
  } catch (error) {
    // Jest runs tests in another realm than the decoder, so `instanceof` does not know its errors.
    if (error instanceof SyntaxError || String(error).startsWith('TypeError: The encoded data')) return [];
    throw error;
  }
};

const anyObjectText = fc
  .tuple(fc.dictionary(anyText({ maxLength: 4 }), anyJson, { maxKeys: 6 }), spellingChoices)
  .map(([value, choices]) => spelled(value, choices));

const skippedTo = (bytes: Uint8Array, slice: number): number => {
  const skipper = new JsonSkipper(bytes);
  while (!skipper.skip(skipper.at + slice));
  return skipper.at;
};

describe('the JSON scanner compared with JSON.parse', () => {
  const read = (text: string): unknown => {
    const start = skipSpace(text, 0);
    const cut = ({ start: from, end }: { start: number; end: number }): unknown =>
      JSON.parse(text.slice(from, end));
    if (text.charAt(start) === '{') {
      return Object.fromEntries(membersOf(text, start).map(({ name, value }) => [name, cut(value)]));
    }
    if (text.charAt(start) === '[') return elementsOf(text, start).map(cut);
    return cut({ start, end: valueEnd(text, start) });
  };

  it('reads JSON in any spelling as JSON.parse does', () => {
    fc.assert(
      fc.property(anyJsonText, (text) => {
        expect(read(text)).toEqual(JSON.parse(text));
        expect(valueEnd(text, 0)).toBe(text.length);
      }),
      { numRuns: 150 },
    );
  });

  it('reads damaged text as JSON.parse does, wherever that still is JSON', () => {
    let readable = 0;
    fc.assert(
      fc.property(damaged(anyJsonText), (bytes) => {
        const [value] = parsed(bytes);
        if (value === undefined) return;
        readable += 1;
        expect(read(textOf(bytes))).toEqual(value);
      }),
      { numRuns: 600 },
    );
    expect(readable).toBeGreaterThan(20);
  });
});

describe('the scanner of large requests compared with JSON.parse', () => {
  const slices = fc.integer({ min: 1, max: 20 });

  it('steps over JSON in any spelling, in slices of any size', () => {
    fc.assert(
      fc.property(anyJsonText, slices, fc.constantFrom('', ',', ' }', '"'), (text, slice, rest) => {
        expect(skippedTo(bytesOf(`${text} ${rest}`), slice)).toBe(bytesOf(text).length);
      }),
      { numRuns: 150 },
    );
  });

  it('steps over damaged text where that still is JSON, and never beyond the end', () => {
    let readable = 0;
    fc.assert(
      fc.property(damaged(anyJsonText), slices, (bytes, slice) => {
        const isJson = parsed(bytes).length > 0;
        const ends = unlessRefused(() => skippedTo(bytes, slice));
        if (isJson) {
          readable += 1;
          expect(ends.map((end) => textOf(bytes.subarray(end)).trim())).toEqual(['']);
        }
        for (const end of ends) expect(end).toBeLessThanOrEqual(bytes.length);
      }),
      { numRuns: 600 },
    );
    expect(readable).toBeGreaterThan(20);
  });

  it('recognizes a name in any spelling, and no other name', () => {
    const name = fc.string({ unit: fc.constantFrom(...'aA/"\\u0\u00e9\u{1f600}\u{1f601}'), maxLength: 4 });
    fc.assert(
      fc.property(name, name, spellingChoices, (written, wanted, choices) => {
        const bytes = bytesOf(spelled(written, choices));
        expect(jsonStringEquals(bytes, 1, bytes.length - 1, written)).toBe(true);
        expect(jsonStringEquals(bytes, 1, bytes.length - 1, wanted)).toBe(written === wanted);
      }),
      { numRuns: 500 },
    );
  });
});

describe('readObject compared with JSON.parse', () => {
  it('reads an object in any spelling', () => {
    fc.assert(
      fc.property(anyObjectText, (text) => {
        expect(readObject(bytesOf(text))).toEqual(JSON.parse(text));
      }),
      { numRuns: 150 },
    );
  });
});

describe('JsonBytes compared with JSON.parse', () => {
  const signs = fc.array(fc.constantFrom(...'"\\a1\u00e9\u{1f600}\n', '\\"', '\\n', '\\u0041'), {
    maxLength: 8,
  });
  const anyBytes = damaged(signs.map((each) => `"${each.join('')}"`));

  it('ends a string where JSON.parse does, and calls it literal only if it has no escapes', () => {
    let ended = 0;
    fc.assert(
      fc.property(anyBytes, (bytes) => {
        const from = new JsonBytes(bytes, 0);
        const [isLiteral] = unlessRefused(() => from.readString());
        const [value] = parsed(bytes);
        const hasNoSpace = bytes[0] === 0x22 && bytes.at(-1) === 0x22;
        if (typeof value === 'string' && hasNoSpace) expect(from.at).toBe(bytes.length);
        if (isLiteral === undefined) return;
        const read = bytes.subarray(0, from.at);
        // A string with escapes is decoded by its reader, which needs its text.
        if (isLiteral) expect(parsed(read)).toEqual([textOf(read).slice(1, -1)]);
        else expect(read).toContain(0x5c);
        ended += 1;
      }),
      { numRuns: 600 },
    );
    expect(ended).toBeGreaterThan(100);
  });

  it('reads a number that JSON.parse reads, whole unless it has an exponent', () => {
    const digits = fc.string({ unit: fc.constantFrom(...'0019.-e+'), minLength: 1, maxLength: 8 });
    let readWhole = 0;
    fc.assert(
      fc.property(digits, (text) => {
        const from = new JsonBytes(bytesOf(text), 0);
        const isRead = unlessRefused(() => from.readNumber()).length > 0;
        if (isRead) expect(parsed(bytesOf(text.slice(0, from.at)))).toHaveLength(1);
        if (parsed(bytesOf(text)).length === 0 || text.includes('e')) return;
        readWhole += 1;
        expect([isRead, from.at]).toEqual([true, text.length]);
      }),
      { numRuns: 600 },
    );
    expect(readWhole).toBeGreaterThan(20);
  });
});

describe('PlainWriter compared with JSON.parse', () => {
  /** What it writes of an item, and what JSON.parse and `plainJson` say of the same bytes. */
  const writes = (writer: PlainWriter, bytes: Uint8Array): boolean => {
    const from = new JsonBytes(bytes, 0);
    const [written] = unlessRefused(() => writer.write(from, () => true));
    if (written === undefined) return false;
    expect(textOf(written)).toBe(plainJson(JSON.parse(textOf(bytes.subarray(0, from.at)))));
    return true;
  };

  it('writes any item as plainJson does, one after another, or refuses it', () => {
    const writer = new PlainWriter();
    fc.assert(
      fc.property(anyAttributes, spellingChoices, (item, choices) => {
        writes(writer, bytesOf(spelled(item, choices)));
        expect(writes(writer, bytesOf(JSON.stringify({ a: { M: { b: { S: 'x' } } } })))).toBe(true);
      }),
      { numRuns: 150 },
    );
  });

  it('writes damaged items as plainJson does, or refuses them', () => {
    const writer = new PlainWriter();
    let written = 0;
    fc.assert(
      fc.property(damaged(anyAttributes.map((item) => JSON.stringify(item))), (bytes) => {
        if (writes(writer, bytes)) written += 1;
      }),
      { numRuns: 800 },
    );
    expect(written).toBeGreaterThan(20);
  });
});
