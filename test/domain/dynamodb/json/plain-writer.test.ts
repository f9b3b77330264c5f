import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { plainJson } from '../../../../src/domain/dynamodb/json/item-bodies.ts';
import { type MemberFilter, PlainWriter } from '../../../../src/domain/dynamodb/json/plain-writer.ts';
import { JsonBytes } from '../../../../src/domain/json/json-bytes.ts';

const KEEP_ALL: MemberFilter = () => true;

const written = (json: string, writer = new PlainWriter(), keeps: MemberFilter = KEEP_ALL): string =>
  new TextDecoder().decode(writer.write(new JsonBytes(new TextEncoder().encode(json), 0), keeps));

const wide = (count: number): string =>
  `{${Array.from({ length: count }, (_, index) => `"${(index * 7919) % count}":{"N":"${index}"}`).join(',')}}`;

describe('PlainWriter', () => {
  it.each([
    '{}',
    '{"a":{"S":""}}',
    '{"a":{"S":"b"},"b":{"S":"a longer text than is copied by hand"}}',
    '{"b":{"S":"1"},"a":{"B":"AA=="},"ab":{"SS":["x","y"]},"":{"BS":[]}}',
    '{"a":{"N":"0"},"b":{"N":"-0"},"c":{"N":"-12.50"},"d":{"N":"0.05"},"e":{"NS":["1","9876543210"]}}',
    '{"b":{"BOOL":true},"a":{"BOOL":false},"c":{"NULL":true}}',
    '{"b":{"L":[]},"a":{"L":[{"M":{}},{"L":[{"S":"x"}]},{"N":"1"}]}}',
    '{"b":{"M":{"d":{"S":"1"},"c":{"M":{"f":{"S":"2"},"e":{"S":"3"}}},"a":{"S":"4"}}},"a":{"S":"5"}}',
    '{"a!":{"S":"1"},"a":{"S":"2"},"a b":{"S":"3"},"\u00e9":{"S":"\u{1f600}"},"\uffee":{"S":"4"},"\u{10000}":{"S":"5"}}',
    '{"a":{"S":"\\u0041\\n\\"\\\\\\/\\ud83d\\ude00\\ud800 \u00e9"}}',
    '{"__proto__":{"M":{"constructor":{"S":"1"}}}}',
  ])('writes %s like plainJson', (json) => {
    expect(written(json)).toBe(plainJson(JSON.parse(json)));
  });

  it.each([1, 2, 3, 31, 33, 500])('brings %d names into order', (count) => {
    expect(written(wide(count))).toBe(plainJson(JSON.parse(wide(count))));
  });

  it('brings names into order wherever they come', () => {
    const names = fc.uniqueArray(fc.string({ unit: fc.constantFrom('a', 'b', ' ', '~', '\u00e9') }));
    fc.assert(
      fc.property(names, (unsorted) => {
        const json = `{${unsorted.map((name) => `"${name}":{"NULL":true}`).join(',')}}`;

        expect(written(json)).toBe(plainJson(JSON.parse(json)));
      }),
    );
  });

  it('reads up to the end of the item', () => {
    const from = new JsonBytes(new TextEncoder().encode('[{"a":{"S":"b"}},{}]'), 1);
    new PlainWriter().write(from, KEEP_ALL);

    expect(from.at).toBe('[{"a":{"S":"b"}}'.length);
  });

  it.each([
    [32_767, true],
    [32_768, false],
  ])('puts an item of %d bytes beside one of 2 if there is room for it twice: %s', (length, fits) => {
    const writer = new PlainWriter();
    const bufferOf = (json: string) =>
      writer.write(new JsonBytes(new TextEncoder().encode(json), 0), KEEP_ALL).buffer;
    const first = bufferOf('{}');

    expect(bufferOf(`{"a":{"S":"${'x'.repeat(length - '{"a":""}'.length)}"}}`) === first).toBe(fits);
  });

  it('gives an item that is too long for the others twice the room that it was read from', () => {
    const json = `{"a":{"S":"${'x'.repeat(50_000)}"}}`;
    const from = new JsonBytes(new TextEncoder().encode(' '.repeat(9) + json), 9);

    expect(new PlainWriter().write(from, KEEP_ALL).buffer.byteLength).toBe(2 * json.length);
  });

  it('leaves out members of the item itself that are not to be kept', () => {
    const json = '{"c":{"M":{"b":{"S":"1"},"a":{"S":"2"}}},"b":{"S":"3"},"a":{"S":"4"}}';
    const from = new JsonBytes(new TextEncoder().encode(json), 0);
    const seen: string[] = [];
    const plain = new PlainWriter().write(from, (read, at) => {
      seen.push(read.textFrom(at));
      return !read.textFrom(at).startsWith('"b"');
    });

    expect(new TextDecoder().decode(plain)).toBe('{"a":"4","c":{"a":"2","b":"1"}}');
    expect(seen.slice(-3)).toEqual([
      '"c":{"M":{"b":{"S":"1"},"a":{"S":"2"}}}',
      '"b":{"S":"3"}',
      '"a":{"S":"4"}',
    ]);
    expect(written(json, new PlainWriter(), () => false)).toBe('{}');
  });

  it('leaves an item with a repeated omitted member to the parser', () => {
    const keepsA = (from: JsonBytes, at: number) => !from.textFrom(at).startsWith('"b"');

    for (const second of ['{"S":"1"}', '{"N":"2"}']) {
      const json = `{"b":{"S":"1"},"a":{"S":"1"},"b":${second}}`;

      expect(() => written(json, new PlainWriter(), keepsA)).toThrow(SyntaxError);
    }
  });

  it('writes further items after one that it could not read', () => {
    const writer = new PlainWriter();

    expect(() => written('{"b":{"S":"1"},"a":{"M":{"c":{"S":"2"},"b":', writer)).toThrow(SyntaxError);
    expect(written('{"b":{"S":"1"},"a":{"S":"2"}}', writer)).toBe('{"a":"2","b":"1"}');
  });

  it.each([
    '',
    '[]',
    '{',
    '{"a"}',
    '{"a":{"S":"b"}',
    '{"a":{"S":"b"},}',
    '{"a":{"S":"b"}]',
    '{"a":{"S":"b"} }',
    '{ "a":{"S":"b"}}',
    '{"a" :{"S":"b"}}',
    '{a:{"S":"b"}}',
    '{"\\u0061":{"S":"b"}}',
    '{"a":{"S":"1"},"a":{"S":"2"}}',
    '{"a":{"S":"1"},"b":{"S":"2"},"a":{"S":"3"}}',
    '{"a":{}}',
    '{"a":null}',
    '{"a":"S"}',
    '{"a":{"S":"b","N":"1"}}',
    '{"a":{"X":"b"}}',
    '{"a":{"S":1}}',
    '{"a":{"S":"b}}',
    '{"a":{"S":"b\n"}}',
    '{"a":{"S":"\\x"}}',
    '{"a":{"S":"\\',
    '{"a":{"N":""}}',
    '{"a":{"N":"-"}}',
    '{"a":{"N":"+1"}}',
    '{"a":{"N":"01"}}',
    '{"a":{"N":"00"}}',
    '{"a":{"N":".5"}}',
    '{"a":{"N":"1."}}',
    '{"a":{"N":"1e5"}}',
    '{"a":{"N":"1:"}}',
    '{"a":{"N":"1/"}}',
    '{"a":{"N":1}}',
    '{"a":{"BOOL":"true"}}',
    '{"a":{"BOOL":null}}',
    '{"a":{"NULL":false}}',
    '{"a":{"M":[]}}',
    '{"a":{"L":{}}}',
    '{"a":{"L":["b"]}}',
    '{"a":{"L":[{"S":"b"},]}}',
    '{"a":{"L":[{"S":"b"}}}',
    '{"a":{"SS":"b"}}',
    '{"a":{"SS":[1]}}',
    '{"a":{"NS":["x"]}}',
    '{"a":{"BS":["b""c"]}}',
  ])('does not judge %s', (json) => {
    expect(() => written(json)).toThrow(SyntaxError);
  });

  it.each([[0x80], [0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80], [0xc3]])(
    'leaves invalid UTF-8 to the parser: %s',
    (...bytes) => {
      for (const [before, after] of [
        ['{"a":{"S":"', '"}}'],
        ['{"', '":{"S":"a"}}'],
      ]) {
        const [start, end] = [new TextEncoder().encode(before), new TextEncoder().encode(after)];
        const from = new JsonBytes(Uint8Array.of(...start, ...bytes, ...end), 0);

        expect(() => new PlainWriter().write(from, KEEP_ALL)).toThrow();
      }
    },
  );
});
