import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { SourceUnavailableError } from '../../../../src/domain/cache/errors.ts';
import { type AttributeMap, PLAIN, TYPED } from '../../../../src/domain/dynamodb/json/dynamodb-json.ts';
import { itemBodies, plainJson } from '../../../../src/domain/dynamodb/json/item-bodies.ts';
import { rawPage } from '../../../../src/domain/dynamodb/json/raw-answer.ts';
import { MalformedNameError } from '../../../../src/domain/dynamodb/model/errors.ts';
import { KeyCodec } from '../../../../src/domain/dynamodb/model/key-codec.ts';
import { Projection } from '../../../../src/domain/dynamodb/model/projection.ts';
import type { TableSpec } from '../../../../src/domain/dynamodb/model/table-spec.ts';
import { type ItemPage, PageReader } from '../../../../src/domain/dynamodb/operations/page-reader.ts';
import { anyText } from '../../../support/any-text.ts';
import { anyValue } from '../../../support/dynamodb/any-attributes.ts';
import { tableSpec } from '../../../support/dynamodb/table-spec.ts';
import { IS_THOROUGH } from '../../../support/thorough.ts';

const hashKey = { name: 'id', type: 'S' } as const;
const things = tableSpec({ name: 'Things', hashKey });
const sorted = tableSpec({ name: 'Sorted', hashKey, sortKey: { name: 'n', type: 'N' } });

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const text = (body: Uint8Array | undefined): string => new TextDecoder().decode(body);

const anyItem = fc
  .tuple(anyText({ minLength: 1 }), fc.dictionary(anyText({ maxLength: 3 }), anyValue, { maxKeys: 8 }))
  .map(([id, rest]): AttributeMap => ({ ...rest, id: { S: id } }));

/** JSON that holds members in any order, and often several of one name; `first` come first. */
const objectOf = (member: fc.Arbitrary<string>, first: readonly string[] = []): fc.Arbitrary<string> =>
  fc
    .tuple(fc.array(member, { maxLength: 5 }), oftenNothing)
    .map(([members, space]) => `{${[...first, ...members].join(`${space},${space}`)}}`);

const oftenNothing = fc.oneof({ weight: 9, arbitrary: fc.constant('') }, fc.constantFrom(' ', '\n\t', '\r'));

const listOf = (element: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc
    .tuple(fc.array(element, { maxLength: 4 }), oftenNothing)
    .map(([elements, space]) => `[${elements.join(`,${space}`)}${space}]`);

const memberOf = (name: fc.Arbitrary<string>, value: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc.tuple(name, oftenNothing, value).map(([named, space, written]) => `"${named}":${space}${written}`);

const keyText = fc.constantFrom(
  '{"S":"x"}',
  '{"S":"y"}',
  '{"S":"],"}',
  '{"S":""}',
  '{"N":"1"}',
  '{"N":"2.0"}',
);
const attribute = fc.oneof(
  memberOf(fc.constantFrom('id', 'n', 'i\\u0064', 'a', 'b'), keyText),
  memberOf(
    fc.constantFrom('id', 'n', 'a', 'b'),
    anyValue.map((value) => JSON.stringify(value)),
  ),
);
const itemText = fc.oneof(
  objectOf(attribute),
  objectOf(memberOf(fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'), keyText), [
    '"id":{"S":"k"}',
    '"n":{"N":"1"}',
  ]),
  objectOf(attribute, ['"id":{"S":"k"}', '"n":{"N":"1"}']),
);

const anyPage = objectOf(
  fc.oneof(
    {
      weight: 4,
      arbitrary: memberOf(fc.constantFrom('Items', 'Items', 'Items', 'It\\u0065ms'), listOf(itemText)),
    },
    {
      weight: 2,
      arbitrary: memberOf(
        fc.constantFrom('LastEvaluatedKey', 'LastEvaluatedKey', 'LastEvaluated\\u004bey'),
        fc.oneof(keyText, itemText, fc.constantFrom('1', '[]')),
      ),
    },
    memberOf(
      fc.constantFrom('Count', 'X', 'Y'),
      fc.oneof(listOf(itemText), fc.constantFrom('1', '[1]', '"["', '"]"')),
    ),
    memberOf(fc.constant('Items'), fc.constantFrom('1', '{}', '[]', '[null]')),
  ),
);

/** As it is read where nothing is known of how DynamoDB writes. */
const readAsAnyJson = (page: string, spec: TableSpec, contentTypes: readonly string[]): ItemPage => {
  const { items, ...rest } = rawPage(bytes(page));
  const codec = new KeyCodec(spec);
  const { surplus } = new Projection(spec);
  function* keyed() {
    for (const item of items) {
      yield { key: codec.fromItem(item.attributes), bodies: itemBodies(item, surplus, contentTypes) };
    }
  }
  return { ...rest, items: keyed() };
};

/** All that shows of a page: its items up to one that cannot be read, why that is, and where the page ends. */
const outcomeOf = (reading: () => ItemPage) => {
  const ids: string[][] = [];
  let lastKey: string | undefined;
  try {
    const page = reading();
    lastKey = page.lastKey;
    for (const { key, bodies } of page.items) ids.push([key.id, ...bodies.map((body) => text(body.bytes))]);
  } catch (error) {
    return { ids, lastKey, failure: error instanceof Error ? error.name : error };
  }
  return { ids, lastKey };
};

/** The first bytes of a table are parsed, the rest is read where it lies. */
describe.each([
  ['parsed', undefined],
  ['read byte by byte', 0],
])('a page of a Scan, %s', (_, maxParsedBytes) => {
  const read = (page: string, spec: TableSpec = things, contentTypes: readonly string[] = [PLAIN]) =>
    new PageReader(spec, maxParsedBytes).read(bytes(page), contentTypes);

  /** Of each item the id of its key, and its bodies. */
  const itemsIn = (page: string, spec?: TableSpec, contentTypes?: readonly string[]): readonly string[][] =>
    Array.from(read(page, spec, contentTypes).items, ({ key, bodies }) => [
      key.id,
      ...bodies.map((body) => text(body.bytes)),
    ]);

  it('contains the key, the plain JSON and the typed JSON of each item', () => {
    const codec = new KeyCodec(things);
    fc.assert(
      fc.property(fc.array(anyItem, { maxLength: 5 }), fc.constantFrom(0, 0, 0, 1), (items, indent) => {
        const page = JSON.stringify({ Count: items.length, Items: items, ScannedCount: 9 }, null, indent);
        const typed = items.map((item) => (indent === 0 ? JSON.stringify(item) : undefined));
        const found = itemsIn(page, things, [TYPED, PLAIN]);

        expect(found.map(([id, , plain]) => [id, plain])).toEqual(
          items.map((item) => [codec.fromItem(item).id, plainJson(item)]),
        );
        if (indent === 0) expect(found.map(([, json]) => json)).toEqual(typed);
      }),
    );
  });

  it.each([
    ['', undefined],
    [',"LastEvaluatedKey":{"id":{"S":"]"}}', '{"id":{"S":"]"}}'],
    [',"LastEvaluatedKey":{"id":{"S":"a"}}', '{"id":{"S":"a"}}'],
    [',"Other":["b"]', undefined],
  ])('has the last key of the answer: %s', (rest, lastKey) => {
    for (const page of [
      `{"Count":1,"Items":[{"id":{"S":"1"}}],"ScannedCount":1${rest}}`,
      `{"Count":1${rest},"Items":[{"id":{"S":"1"}}],"ScannedCount":1}`,
    ]) {
      expect(read(page).lastKey).toBe(lastKey);
      expect(itemsIn(page)).toEqual([['1', '{"id":"1"}']]);
    }
  });

  it.each([
    [',"LastEvaluatedKey":{"id":{"S":"1"}},"Other":[1]', '{"id":{"S":"1"}}'],
    [' , "LastEvaluatedKey":{"id":{"S":"1"}},"Other":[]', '{"id":{"S":"1"}}'],
    [',\r\n\t"LastEvaluated\\u004bey":{"id":{"S":"1"}},"Other":[1]', '{"id":{"S":"1"}}'],
    [
      ',"LastEvaluatedKey":{"id":{"S":"1"}},"Other":[1],"LastEvaluatedKey":{"id":{"S":"2"}}',
      '{"id":{"S":"2"}}',
    ],
  ])('has the last key of the answer even if an array follows: %j', (rest, lastKey) => {
    const page = `{"Items":[{"id":{"S":"1"}}]${rest}}`;

    expect(read(page).lastKey).toBe(lastKey);
    expect(itemsIn(page)).toEqual([['1', '{"id":"1"}']]);
  });

  it.each([',', ' ,', ', ', ',"Other":1,'])(
    'holds the last of two lists of items, which %j parts',
    (parted) => {
      const page = `{"Items":[{"id":{"S":"1"}},{"id":{"S":"2"}}]${parted}"Items":[{"id":{"S":"3"}}]}`;

      expect(itemsIn(page)).toEqual([['3', '{"id":"3"}']]);
    },
  );

  it.each([
    [['id', 'a'], [['2', '{"a":"1","id":"2"}']]],
    [['a'], [['2', '{"a":"1"}']]],
  ])('holds of an item that gives its key twice the last one, where %j are kept', (fields, items) => {
    const page = '{"Items":[{"id":{"S":"1"},"a":{"S":"1"},"id":{"S":"2"}}]}';

    expect(itemsIn(page, { ...things, fields })).toEqual(items);
  });

  it('is taken up to an item whose last key is of another type', () => {
    const page = '{"Items":[{"id":{"S":"1"},"a":{"S":"1"},"id":{"N":"2"}}]}';

    expect(() => itemsIn(page, { ...things, fields: ['a'] })).toThrow(MalformedNameError);
  });

  it('equals the parsed page for repeated and trailing members', () => {
    fc.assert(
      fc.property(
        anyPage,
        fc.constantFrom(things, sorted, { ...things, fields: ['a'] }, { ...sorted, fields: ['a', 'n'] }),
        fc.constantFrom([PLAIN], [TYPED], [TYPED, PLAIN]),
        (page, spec, contentTypes) => {
          expect(outcomeOf(() => read(page, spec, contentTypes))).toEqual(
            outcomeOf(() => readAsAnyJson(page, spec, contentTypes)),
          );
        },
      ),
      { numRuns: IS_THOROUGH ? 20_000 : 300 },
    );
  });

  it('may be empty', () => {
    expect(itemsIn('{"Count":0,"Items":[],"ScannedCount":0}')).toEqual([]);
    expect('lastKey' in read('{"Items":[]}')).toBe(false);
  });

  it('shares buffers between bodies without changing earlier ones', () => {
    const filler = 'x'.repeat(400);
    const names = Array.from({ length: 400 }, (_, index) => String(index));
    const page = `{"Items":[${names.map((id) => `{"z":{"S":"${filler}"},"id":{"S":"${id}"}}`).join(',')}]}`;
    const { items } = new PageReader(things, 0).read(bytes(page), [PLAIN]);
    const bodies = Array.from(items, (item) => item.bodies[0]?.bytes ?? new Uint8Array());

    expect(bodies.map(text)).toEqual(names.map((id) => `{"id":"${id}","z":"${filler}"}`));
    expect(new Set(bodies.map(({ buffer }) => buffer)).size).toBeLessThan(5);
  });

  it.each([
    ['{"id":{"S":"2"}}', {}, [true, true, true]],
    ['{"id":{"S":"2"},"a":{"L":[{"SS":["]a","],["]}]}}', {}, [true, true, true]],
    ['{"id":{"S":"2"}}', { fields: ['id'] }, [true, true, true]],
    ['{"id":{"S":"2"}}', { fields: ['a'] }, [false, false, false]],
    ['{"id":{"S":"2"},"n":{"N":"1e5"}}', {}, [true, false, false]],
    ['{"id": {"S":"2"}}', {}, [true, false, false]],
    ['{"id":{"S":"2"}} ', {}, [true, false, false]],
  ])('is read where it lies up to an item written in an unusual way: %s', (second, rest, lies) => {
    const page = bytes(
      `{"Count":3,"Items":[{"id":{"S":"1"}},${second},{"id":{"S":"3"}}],"LastEvaluatedKey":{"id":{"S":"3"}}}`,
    );
    const { items } = new PageReader({ ...things, ...rest }).read(page, [TYPED]);

    expect(Array.from(items, ({ bodies }) => bodies[0]?.bytes.buffer === page.buffer)).toEqual(lies);
  });

  it('holds items of any length', () => {
    const long = 'y'.repeat(100_000);
    const page = `{"Items":[{"y":{"S":"${long}"},"id":{"S":"1"}},{"id":{"S":"2"}}]}`;

    expect(itemsIn(page)).toEqual([
      ['1', `{"id":"1","y":"${long}"}`],
      ['2', '{"id":"2"}'],
    ]);
  });

  it('omits attributes that are not stored from the plain JSON', () => {
    const spec = tableSpec({ name: 'Things', hashKey, fields: ['a'] });
    const page = '{"Items":[{"id":{"S":"1"},"ida":{"S":"2"},"a":{"S":"3"}},{"id":{"S":"2"}}]}';

    expect(itemsIn(page, spec)).toEqual([
      ['1', '{"a":"3","ida":"2"}'],
      ['2', '{}'],
    ]);
    expect(itemsIn(page, spec, [PLAIN, TYPED])).toEqual([
      ['1', '{"a":"3","ida":"2"}', '{"ida":{"S":"2"},"a":{"S":"3"}}'],
      ['2', '{}', '{}'],
    ]);
  });

  it.each([
    ['"id":{"S":"a"},"n":{"N":"1.0"}', 'a\u00001'],
    ['"n":{"N":"1.50"},"id":{"S":"\\u0061\\"\\\\"}', 'a"\\\u00001.5'],
    ['"m":{"M":{"id":{"S":"b"},"n":{"N":"3"}}},"n":{"N":"2"},"id":{"S":"\u00e9"}', '\u00e9\u00002'],
  ])('knows the key in %s', (members, id) => {
    expect(itemsIn(`{"Items":[{${members}}]}`, sorted)[0]?.[0]).toBe(id);
  });

  it.each([
    '"id":{"N":"1"},"n":{"N":"1"}',
    '"id":{"S":"a"}',
    '"n":{"N":"1"}',
    '"id":{"S":"a"},"n":{"N":"1e200"}',
    '"id":{"S":""},"n":{"N":"1"}',
  ])('is taken up to an item without the key of the table: %s', (members) => {
    const { items } = read(`{"Items":[{"id":{"S":"a"},"n":{"N":"1"}},{${members}}]}`, sorted);
    const ids: string[] = [];

    expect(() => {
      for (const { key } of items) ids.push(key.id);
    }).toThrow(MalformedNameError);
    expect(ids).toEqual(['a\u00001']);
  });

  it.each([
    '{"id":{"S":"2"}',
    '{"id":{"S":"2"}}{"id":{"S":"3"}}',
    '{"id":{"S":"2"}},',
    '{"id":{"S":"2"},"a":{"N":"x"}}',
    '{"id":{"S":"2"},"a":{"S":"\\x"}}',
    'null',
  ])('is taken up to an item that cannot be read: %s', (broken) => {
    const ids: string[] = [];

    expect(() => {
      for (const { key } of read(`{"Items":[{"id":{"S":"1"}},${broken}]}`).items) ids.push(key.id);
    }).toThrow(/cannot be read|not a number/);
    expect(ids.slice(0, 1)).toEqual(['1']);
  });

  it('is taken up to an item that is not UTF-8', () => {
    const page = bytes('{"Items":[{"id":{"S":"1"}},{"id":{"S":"?"}}]}');
    page[page.indexOf(0x3f)] = 0xff;
    const { items } = new PageReader(things, maxParsedBytes).read(page, [PLAIN]);

    expect(() => [...items]).toThrow(SourceUnavailableError);
  });

  it.each([
    '',
    '[]',
    '{}',
    '{"Items":{}}',
    '{"Items":[',
    '{"Items":[]',
    '{"X":{"Items":[]}}',
    '{"Items":[]}x',
  ])('cannot be read if it is %j', (page) => {
    expect(() => read(page)).toThrow(SourceUnavailableError);
  });

  it('has no bodies of other content types', () => {
    expect(() => itemsIn('{"Items":[{"id":{"S":"1"}}]}', things, ['text/html'])).toThrow(RangeError);
  });
});

describe('the first pages of a table', () => {
  const idsOf = (count: number) => Array.from({ length: count }, (_, index) => `${index}`);
  const pageOf = (ids: readonly string[]) =>
    bytes(`{"Items":[${ids.map((id) => `{"id":{"S":"${id}"}}`).join(',')}]}`);
  /** Whether each body has a buffer of its own, as the parser makes it. */
  const areParsed = (reader: PageReader, page: Uint8Array, contentTypes: readonly string[] = [PLAIN]) => {
    const bodies = Array.from(reader.read(page, contentTypes).items, (item) => item.bodies[0]?.bytes.buffer);
    return new Set(bodies).size === bodies.length;
  };

  it('are parsed up to a number of bytes, all pages together, and read byte by byte from then on', () => {
    const page = pageOf(idsOf(10));
    const reader = new PageReader(things, 2.5 * page.length);

    expect([1, 2, 3, 4].map(() => areParsed(reader, page))).toEqual([true, true, false, false]);
  });

  it('are not parsed for typed JSON, which is the unchanged JSON of the answer', () => {
    const page = pageOf(idsOf(10));
    const items = [...new PageReader(things).read(page, [PLAIN, TYPED]).items];

    expect(items.every(({ bodies }) => bodies[1]?.bytes.buffer === page.buffer)).toBe(true);
  });

  it('give the same outcome whether they are parsed or read byte by byte', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          anyPage,
          fc.array(anyItem, { maxLength: 5 }).map((items) => JSON.stringify({ Items: items })),
        ),
        fc.constantFrom(things, sorted, { ...things, fields: ['a'] }),
        fc.constantFrom(
          (page: Uint8Array) => page,
          // Bytes that are not UTF-8, or not JSON.
          (page: Uint8Array) => page.map((byte, at) => (at === page.length >> 1 ? 0xff : byte)),
          (page: Uint8Array) => page.subarray(0, -3),
        ),
        (page, spec, damage) => {
          const damaged = damage(bytes(page));
          const outcome = (max: number) => outcomeOf(() => new PageReader(spec, max).read(damaged, [PLAIN]));

          expect(outcome(Number.POSITIVE_INFINITY)).toEqual(outcome(0));
        },
      ),
      { numRuns: IS_THOROUGH ? 20_000 : 500 },
    );
  });

  it.each([
    ['a lone surrogate', '"a":{"S":"\\ud800x"}'],
    ['an escaped surrogate pair', '"a":{"S":"\\ud83d\\ude00"}'],
    ['an attribute named __proto__', '"__proto__":{"S":"x"}'],
    ['a map with a member named __proto__', '"a":{"M":{"__proto__":{"N":"1"},"b":{"S":""}}}'],
    ['names that look like indices', '"10":{"S":"x"},"9":{"S":"y"}'],
    ['names beyond the basic plane', '"\uffee":{"S":"x"},"\u{1f600}":{"S":"y"}'],
    ['a member twice', '"a":{"S":"x"},"a":{"S":"y"}'],
    ['a number of 38 digits', '"a":{"N":"-12345678901234567890.123456789012345678"}'],
    ['a number with an exponent', '"a":{"N":"1.5E+3"}'],
    ['a number that is not text', '"a":{"N":1.50}'],
    ['two types', '"a":{"S":"x","N":"1"}'],
    ['white space', '"a" : {"S":"x"}'],
  ])('give the same outcome for %s', (_, member) => {
    const page = bytes(`{"Items":[{"id":{"S":"1"}},{"id":{"S":"2"},${member}},{"id":{"S":"3"}}]}`);
    const outcome = (max?: number) => outcomeOf(() => new PageReader(things, max).read(page, [PLAIN]));

    expect(outcome()).toEqual(outcome(0));
    expect(outcome().ids.length).toBeGreaterThan(0);
  });
});
