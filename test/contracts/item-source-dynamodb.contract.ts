import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { DynamoDbItemSource } from '../../src/adapters/dynamodb/dynamodb-item-source.ts';
import type { DynamoDbUpstream } from '../../src/adapters/dynamodb/dynamodb-upstream.ts';
import type { EntryKey } from '../../src/domain/cache/cache-entry.ts';
import { SourceRefusedError } from '../../src/domain/cache/errors.ts';
import { type AttributeMap, PLAIN, TYPED } from '../../src/domain/dynamodb/json/dynamodb-json.ts';
import { KeyCodec } from '../../src/domain/dynamodb/model/key-codec.ts';
import type { KeyType, TableSpec } from '../../src/domain/dynamodb/model/table-spec.ts';
import type { GroupCursor, ReadOptions, SourceAnswer } from '../../src/ports/outbound/item-source.ts';
import type { DynamoDbServer } from '../support/dynamodb/dynamodb-server.ts';
import { tableSpec } from '../support/dynamodb/table-spec.ts';
import { upstreamTo } from '../support/dynamodb/upstream-to.ts';
import { FakeClock } from '../support/fakes/fake-clock.ts';
import type { ProxiedRequest } from '../support/faults/proxied-request.ts';

export interface DynamoDbContract {
  readonly name: string;
  /** Started already, and closed by the caller. */
  readonly server: () => DynamoDbServer;
  readonly skip?: string | undefined;
}

const VECTORS: readonly AttributeMap[] = JSON.parse(
  readFileSync(new URL('../vectors/seed-responses.json', import.meta.url), 'utf8'),
).map(({ dynamodbItem }: { dynamodbItem: AttributeMap }) => withoutEmptyText(dynamodbItem));

/** Key values that would break what is careless with names, URLs or bytes. */
const AWKWARD: Record<KeyType, readonly string[]> = {
  S: [
    'a',
    'a@@b',
    '@',
    '100%',
    '%41',
    'a+b',
    ' ',
    '😀 ü 日本',
    '"\\/<>&',
    '#0',
    '\u0001\u0002',
    'x'.repeat(1024),
  ],
  N: ['0', '-1', '1.5', '1E125', '-1E-130', '9'.repeat(38), '0.0000001'],
  B: ['AA==', '/+8=', '3q2+7w==', Buffer.alloc(1024, 0xff).toString('base64')],
};
const TYPES: readonly KeyType[] = ['S', 'N', 'B'];
const NINES = '9'.repeat(38);

/** What `DynamoDbItemSource` promises beyond the port, on anything that speaks as DynamoDB does. */
export const runDynamoDbContract = ({ name, server: started, skip }: DynamoDbContract): void => {
  const suite = skip === undefined ? describe : describe.skip;
  suite(`DynamoDbItemSource on ${name}${skip === undefined ? '' : ` (${skip})`}`, () => {
    let server: DynamoDbServer;
    let upstream: DynamoDbUpstream;

    beforeEach(() => {
      server = started();
      upstream = upstreamTo({ region: 'us-east-1', endpoint: server.endpoint });
    });

    afterEach(() => upstream.close());

    const sourceOf = (...specs: readonly TableSpec[]): DynamoDbItemSource =>
      new DynamoDbItemSource(specs, upstream, new FakeClock());
    const lastRequest = (): ProxiedRequest | undefined => server.requests.at(-1);

    it.each([...TYPES.map((hash) => [hash, undefined] as const), ...pairsOf(TYPES)])(
      'reads keys of the types %s and %s, one by one, in batches and by scans',
      async (hashType, sortType) => {
        const spec = freshSpec(hashType, sortType);
        await server.createTable(spec);
        const codec = new KeyCodec(spec);
        const source = sourceOf(spec);
        const sorts = sortType === undefined ? [undefined] : AWKWARD[sortType].slice(0, 5);
        const keys = AWKWARD[hashType].flatMap((hash) => sorts.map((sort) => codec.fromText(hash, sort)));
        for (const key of keys)
          await server.put(spec.table, { ...codec.toAttributes(key), id: { S: key.id } });

        const single = await Promise.all(
          keys.map((key) => source.read(key, { ...WANT, signal: new AbortController().signal })),
        );
        const batch = await source.readMany(keys, WANT);
        const page = await source.readGroup(spec.name, { part: 0, parts: 1 }, WANT);

        for (const answers of [single, batch.answers, [...page.answers]]) {
          expect(idsByKey(answers)).toEqual(new Map(keys.map(({ id, text }) => [text, id])));
        }
      },
    );

    it('keeps every digit of 38', async () => {
      const spec = freshSpec('S');
      await server.createTable(spec);
      await server.put(spec.table, {
        h: { S: 'a' },
        n: { N: NINES },
        ns: { NS: [`0.${NINES}`, `-${NINES}`] },
        deep: { L: [{ M: { n: { N: '9007199254740993' } } }] },
      });

      const answer = await sourceOf(spec).read(new KeyCodec(spec).fromText('a'), WANT);

      for (const contentType of [PLAIN, TYPED]) {
        for (const digits of [NINES, `0.${NINES}`, `-${NINES}`, '9007199254740993']) {
          expect(textOf(answer, contentType)).toMatch(
            new RegExp(`[^\\d.]${digits.replace('.', '\\.')}[^\\d]`),
          );
        }
      }
    });

    it('hands out the typed form exactly as the wire carried it', async () => {
      const spec = freshSpec('S', 'S', { hashKey: 'pKey', sortKey: 'sKey' });
      await server.createTable(spec);
      for (const item of VECTORS) await server.put(spec.table, item);
      const codec = new KeyCodec(spec);
      const source = sourceOf(spec);
      const keys = VECTORS.map((item) => codec.fromItem(item));

      for (const key of keys) {
        const typed = textOf(await source.read(key, WANT), TYPED);
        expect(lastRequest()?.answer).toBe(`{"Item":${typed}}`);
      }
      for (const answer of (await source.readMany(keys, WANT)).answers) {
        expect(lastRequest()?.answer).toContain(textOf(answer, TYPED));
      }
      for (const answer of (await source.readGroup(spec.name, { part: 0, parts: 1 }, WANT)).answers) {
        expect(lastRequest()?.answer).toContain(textOf(answer, TYPED));
      }
    });

    it('asks for the fields, whatever their names, and drops key attributes that are none of them', async () => {
      const item: AttributeMap = {
        h: { S: 'a' },
        s: { N: '1' },
        'dot.ted': { S: 'dotted' },
        dot: { M: { ted: { S: 'nested' } } },
        size: { S: 'reserved' },
        '#0': { S: 'like an alias' },
        'ä b': { N: '2' },
        other: { S: 'not asked for' },
      };
      const fields = ['dot.ted', 'size', '#0', 'ä b', 'missing'];
      const spec = freshSpec('S', 'N', { fields });
      const withKey = { ...spec, name: `${spec.name}-with-key`, fields: [...fields, 's'] };
      await server.createTable(spec);
      await server.put(spec.table, item);
      const source = sourceOf(spec, withKey);
      const expected = { 'dot.ted': item['dot.ted'], size: item.size, '#0': item['#0'], 'ä b': item['ä b'] };

      for (const answer of await eachWay(source, new KeyCodec(spec).fromText('a', '1'))) {
        expect(JSON.parse(textOf(answer, TYPED))).toEqual(expected);
        expect(textOf(answer, PLAIN)).toBe(
          '{"#0":"like an alias","dot.ted":"dotted","size":"reserved","ä b":2}',
        );
      }
      for (const answer of await eachWay(source, new KeyCodec(withKey).fromText('a', '1'))) {
        expect(JSON.parse(textOf(answer, TYPED))).toEqual({ ...expected, s: item.s });
      }
    });

    it('finds an item that has none of the fields', async () => {
      const spec = freshSpec('S', undefined, { fields: ['missing'] });
      await server.createTable(spec);
      await server.put(spec.table, { h: { S: 'a' }, other: { S: 'b' } });

      for (const answer of await eachWay(sourceOf(spec), new KeyCodec(spec).fromText('a'))) {
        expect([textOf(answer, PLAIN), textOf(answer, TYPED)]).toEqual(['{}', '{}']);
      }
    });

    it.each([true, false])(
      'says on the wire that consistentRead is %s, and asks for nothing else',
      async (consistentRead) => {
        const spec = freshSpec('S', undefined, { consistentRead });
        await server.createTable(spec);
        const before = server.requests.length;
        await eachWay(sourceOf(spec), new KeyCodec(spec).fromText('a'));

        expect(server.requests.slice(before).map(({ operation, body }) => ({ operation, body }))).toEqual([
          {
            operation: 'GetItem',
            body: { TableName: spec.table, Key: { h: { S: 'a' } }, ConsistentRead: consistentRead },
          },
          {
            operation: 'BatchGetItem',
            body: {
              RequestItems: { [spec.table]: { Keys: [{ h: { S: 'a' } }], ConsistentRead: consistentRead } },
            },
          },
          {
            operation: 'Scan',
            body: { TableName: spec.table, Segment: 0, TotalSegments: 1, ConsistentRead: consistentRead },
          },
        ]);
      },
    );

    it('reads consistently, by each method, where a single call asks for it', async () => {
      const spec = freshSpec('S');
      await server.createTable(spec);
      const before = server.requests.length;
      await eachWay(sourceOf(spec), new KeyCodec(spec).fromText('a'), { ...WANT, consistent: true });

      const bodies = server.requests.slice(before).map(({ body }) => JSON.stringify(body));
      expect(bodies).toHaveLength(3);
      for (const body of bodies) expect(body).toContain('"ConsistentRead":true');
    });

    it('asks for no compressed answers', async () => {
      const spec = freshSpec('S');
      await server.createTable(spec);
      await sourceOf(spec).read(new KeyCodec(spec).fromText('a'), WANT);

      expect(lastRequest()?.headers['accept-encoding'] ?? 'identity').toBe('identity');
    });

    it('names what a batch of more than 16 MB leaves over, to be asked for again', async () => {
      const spec = freshSpec('N');
      await server.createTable(spec);
      const codec = new KeyCodec(spec);
      const keys = Array.from({ length: 50 }, (_, index) => codec.fromText(String(index)));
      const text = { S: 'x'.repeat(390_000) };
      for (const key of keys) await server.put(spec.table, { ...codec.toAttributes(key), text });
      const source = sourceOf(spec);
      const found = new Set<string>();
      let left: readonly EntryKey[] = keys;
      let calls = 0;
      for (; left.length > 0; calls += 1) {
        const { answers, unprocessed } = await source.readMany(left, { ...WANT, contentTypes: [TYPED] });
        expect(answers.length + unprocessed.length).toBe(left.length);
        for (const answer of answers) {
          expect(answer.bodies).toHaveLength(1);
          found.add(answer.key.text);
        }
        left = unprocessed;
      }

      expect(calls).toBeGreaterThan(1);
      expect(found.size).toBe(50);
    });

    it.each(pairsOf(TYPES))(
      'reads on where a page ended, with keys of the types %s and %s',
      async (hashType, sortType) => {
        const spec = freshSpec(hashType, sortType);
        await server.createTable(spec);
        const codec = new KeyCodec(spec);
        const text = { S: 'x'.repeat(380_000) };
        const keys = AWKWARD[hashType].slice(0, 4).map((hash, index) => {
          const sorts = AWKWARD[sortType];
          return codec.fromText(hash, sorts[index % sorts.length]);
        });
        for (const key of keys) await server.put(spec.table, { ...codec.toAttributes(key), text });
        const source = sourceOf(spec);
        const found: string[] = [];
        let cursor: GroupCursor | undefined = { part: 0, parts: 1 };
        for (let pages = 0; cursor !== undefined && pages < 10; pages += 1) {
          const page = await source.readGroup(spec.name, cursor, { ...WANT, contentTypes: [TYPED] });
          for (const { key } of page.answers) found.push(key.text);
          cursor = page.next;
        }

        expect(cursor).toBeUndefined();
        expect(found.sort()).toEqual(keys.map(({ text: key }) => key).sort());
      },
    );

    it.each<[string, (spec: TableSpec) => TableSpec]>([
      ['of another type', (spec) => ({ ...spec, hashKey: { name: 'h', type: 'N' } })],
      ['of another name', (spec) => ({ ...spec, hashKey: { name: 'x', type: 'S' } })],
      ['with a sort key too many', (spec) => ({ ...spec, sortKey: { name: 's', type: 'S' } })],
    ])('refuses a table whose key is configured %s, hinting at the settings', async (_, misread) => {
      const spec = freshSpec('S');
      await server.createTable(spec);
      await server.put(spec.table, { h: { S: 'a' } });
      const wrong = misread(spec);
      const source = sourceOf(wrong);
      const key = new KeyCodec(wrong).fromText('7', wrong.sortKey === undefined ? undefined : 's');
      const takePage = async () => [
        ...(await source.readGroup(wrong.name, { part: 0, parts: 1 }, WANT)).answers,
      ];
      const calls = [source.read(key, WANT), source.readMany([key], WANT), takePage()];

      for (const call of await Promise.allSettled(calls)) {
        const reason: unknown = call.status === 'rejected' ? call.reason : undefined;
        expect(reason).toBeInstanceOf(SourceRefusedError);
        expect(String(reason)).toMatch(/check hashKey, sortKey/);
      }
    });

    it('hints at table and region where there is no such table', async () => {
      const spec = freshSpec('S');

      await expect(sourceOf(spec).read(new KeyCodec(spec).fromText('a'), WANT)).rejects.toThrow(
        `DynamoDB refused GetItem of the table ${spec.table}: there is no such table, check table and region`,
      );
    });
  });
};

const WANT: ReadOptions = { contentTypes: [PLAIN, TYPED], signal: new AbortController().signal };

/** Emulations of some age take no empty text. */
function withoutEmptyText(item: AttributeMap): AttributeMap {
  return Object.fromEntries(Object.entries(item).filter(([, value]) => !('S' in value && value.S === '')));
}

let tables = 0;

/** A spec of a table that nobody has used yet. */
const freshSpec = (
  hashType: KeyType,
  sortType?: KeyType,
  {
    hashKey = 'h',
    sortKey = 's',
    ...rest
  }: { hashKey?: string; sortKey?: string } & Partial<Pick<TableSpec, 'fields' | 'consistentRead'>> = {},
): TableSpec => {
  tables += 1;
  return tableSpec({
    name: `reading-${tables}`,
    table: `Reading.${tables}`,
    hashKey: { name: hashKey, type: hashType },
    ...(sortType === undefined ? {} : { sortKey: { name: sortKey, type: sortType } }),
    ...rest,
  });
};

const pairsOf = (types: readonly KeyType[]): readonly (readonly [KeyType, KeyType])[] =>
  types.flatMap((left) => types.map((right) => [left, right] as const));

const textOf = ({ bodies }: SourceAnswer, contentType: string): string =>
  new TextDecoder().decode(bodies.find((body) => body.contentType === contentType)?.bytes);

const idsByKey = (answers: readonly SourceAnswer[]): ReadonlyMap<string, string> =>
  new Map(answers.map((answer) => [answer.key.text, JSON.parse(textOf(answer, PLAIN)).id]));

/** The answer for one key, by each method of the source; of an absent one, only the methods that name it. */
const eachWay = async (
  source: DynamoDbItemSource,
  key: EntryKey,
  want: ReadOptions = WANT,
): Promise<readonly SourceAnswer[]> => {
  const single = await source.read(key, want);
  const batch = await source.readMany([key], want);
  const page = await source.readGroup(key.group, { part: 0, parts: 1 }, want);
  return [single, ...batch.answers, ...page.answers];
};
