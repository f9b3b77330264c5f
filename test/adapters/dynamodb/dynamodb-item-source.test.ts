import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import type { OnAnswer } from '../../../src/adapters/aws/json-service.ts';
import { DynamoDbItemSource } from '../../../src/adapters/dynamodb/dynamodb-item-source.ts';
import type { Upstream, UpstreamCall } from '../../../src/adapters/dynamodb/dynamodb-upstream.ts';
import { SourceRefusedError, SourceUnavailableError } from '../../../src/domain/cache/errors.ts';
import { type AttributeMap, PLAIN, TYPED } from '../../../src/domain/dynamodb/json/dynamodb-json.ts';
import { KeyCodec } from '../../../src/domain/dynamodb/model/key-codec.ts';
import type { TableSpec } from '../../../src/domain/dynamodb/model/table-spec.ts';
import type { ReadOptions } from '../../../src/ports/outbound/item-source.ts';
import { tableSpec } from '../../support/dynamodb/table-spec.ts';
import { FakeClock } from '../../support/fakes/fake-clock.ts';

/** Answers every call with one text. */
class OneAnswer implements Upstream {
  readonly calls: { readonly call: UpstreamCall; readonly region: string | undefined }[] = [];
  dropped = 0;
  discarded = 0;
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  async send(
    call: UpstreamCall,
    region: string | undefined,
    _signal: AbortSignal,
    onAnswer?: OnAnswer,
  ): Promise<Uint8Array> {
    this.calls.push({ call, region });
    onAnswer?.(() => {
      this.discarded += 1;
    });
    return new TextEncoder().encode(this.#text);
  }

  dropConnections(): void {
    this.dropped += 1;
  }
}

interface SeedResponse {
  readonly name: string;
  readonly dynamodbItem: AttributeMap;
  readonly seedBody: string;
}

const vectors: readonly SeedResponse[] = JSON.parse(
  readFileSync(new URL('../../vectors/seed-responses.json', import.meta.url), 'utf8'),
);

const products = tableSpec({
  name: 'Products',
  hashKey: { name: 'pKey', type: 'S' },
  sortKey: { name: 'sKey', type: 'S' },
});
const users = tableSpec({
  name: 'users',
  table: 'Users',
  hashKey: { name: 'id', type: 'N' },
  region: 'eu-west-1',
});
const user = (id: string) => new KeyCodec(users).fromText(id);
const want: ReadOptions = { contentTypes: [PLAIN, TYPED], signal: new AbortController().signal };

const sourceOf = (upstream: Upstream, ...specs: readonly TableSpec[]): DynamoDbItemSource =>
  new DynamoDbItemSource(specs.length === 0 ? [users] : specs, upstream, new FakeClock());

describe('DynamoDbItemSource', () => {
  it.each(vectors)(
    'makes of the item of $name what the original extension answers',
    async ({ dynamodbItem, seedBody }) => {
      const typed = JSON.stringify(dynamodbItem);
      const key = new KeyCodec(products).fromItem(dynamodbItem);
      const answer = await sourceOf(new OneAnswer(`{"Item":${typed}}`), products).read(key, want);
      const [plainText = '', typedText] = answer.bodies.map(({ bytes }) => new TextDecoder().decode(bytes));

      expect(JSON.parse(plainText)).toEqual(JSON.parse(seedBody));
      expect(typedText).toBe(typed);
    },
  );

  it('asks for the table by its own name, in its own region', async () => {
    const upstream = new OneAnswer('{}');
    await sourceOf(upstream).read(user('1'), want);

    expect(upstream.calls).toMatchObject([
      { region: 'eu-west-1', call: { operation: 'GetItem', input: { TableName: 'Users' } } },
    ]);
  });

  it('takes several specs of one table for groups of their own', async () => {
    const elsewhere = { ...users, name: 'users-us', region: 'us-east-1' };
    const upstream = new OneAnswer('{}');
    const source = sourceOf(upstream, users, elsewhere);
    await source.read(user('1'), want);
    await source.read(new KeyCodec(elsewhere).fromText('1'), want);

    expect(upstream.calls.map(({ region }) => region)).toEqual(['eu-west-1', 'us-east-1']);
  });

  it('asks for nothing where no key is wanted', async () => {
    const upstream = new OneAnswer('{}');

    expect(await sourceOf(upstream).readMany([], want)).toEqual({ answers: [], unprocessed: [] });
    expect(upstream.calls).toEqual([]);
  });

  it('knows a key again however DynamoDB writes the number', async () => {
    const upstream = new OneAnswer(
      '{"Responses":{"Users":[{"id":{"N":"100.0"}}]},"UnprocessedKeys":{"Users":{"Keys":[{"id":{"N":"2.50"}}]}}}',
    );
    const { answers, unprocessed } = await sourceOf(upstream).readMany(
      [user('1e2'), user('2.5'), user('3')],
      want,
    );

    expect(answers.map(({ key, bodies }) => [key.id, bodies.length])).toEqual([
      ['100', 2],
      ['3', 0],
    ]);
    expect(unprocessed.map(({ id }) => id)).toEqual(['2.5']);
  });

  it('gives the place where a page ended back exactly as DynamoDB wrote it', async () => {
    const upstream = new OneAnswer('{"Items":[],"LastEvaluatedKey":{"id":{"N":"1.50"}}}');
    const source = sourceOf(upstream);
    const { next } = await source.readGroup('users', { part: 1, parts: 4 }, want);
    expect(next).toMatchObject({ part: 1, parts: 4 });
    await source.readGroup('users', next ?? { part: 0, parts: 1 }, want);

    expect(upstream.calls[1]?.call.input).toMatchObject({
      Segment: 1,
      TotalSegments: 4,
      ExclusiveStartKey: { id: { N: '1.50' } },
    });
  });

  it.each(['{"id":{"S":"1"}}', '{"other":{"N":"1"}}', '{}'])(
    'does not take items like %s, whose key is not that of the spec',
    async (item) => {
      const batch = new OneAnswer(`{"Responses":{"Users":[${item}]},"UnprocessedKeys":{}}`);
      const page = new OneAnswer(`{"Items":[${item}]}`);

      await expect(sourceOf(batch).readMany([user('1')], want)).rejects.toThrow(SourceUnavailableError);
      const { answers } = await sourceOf(page).readGroup('users', { part: 0, parts: 1 }, want);
      expect(() => [...answers]).toThrow(SourceRefusedError);
    },
  );

  it.each([
    ['another item', '{"Item":{"id":{"N":"2"}}}'],
    ['an item without its key', '{"Item":{"name":{"S":"1"}}}'],
    ['an item with a key of another type', '{"Item":{"id":{"S":"1"}}}'],
    ['an error with status 200', '{"__type":"com.amazon.coral.service#InternalFailure"}'],
    ['an object of another program', '{"status":"ok"}'],
    ['a misspelled member', '{"Itm":{}}'],
  ])('reports %s as an unusable answer to a GetItem, and discards its connection', async (_, text) => {
    const upstream = new OneAnswer(text);

    await expect(sourceOf(upstream).read(user('1'), want)).rejects.toThrow(SourceUnavailableError);
    expect(upstream.discarded).toBe(1);
  });

  it.each([
    ['an item that was not asked for', '{"Responses":{"Users":[{"id":{"N":"3"}}]},"UnprocessedKeys":{}}'],
    [
      'the same item twice',
      '{"Responses":{"Users":[{"id":{"N":"1"}},{"id":{"N":"1.0"}}]},"UnprocessedKeys":{}}',
    ],
    [
      'an item that was also not processed',
      '{"Responses":{"Users":[{"id":{"N":"1"}}]},"UnprocessedKeys":{"Users":{"Keys":[{"id":{"N":"1"}}]}}}',
    ],
    ['another table', '{"Responses":{"Others":[]},"UnprocessedKeys":{}}'],
    [
      'no table for an absent key',
      '{"Responses":{},"UnprocessedKeys":{"Users":{"Keys":[{"id":{"N":"1"}}]}}}',
    ],
    ['no member for unprocessed keys', '{"Responses":{"Users":[]}}'],
  ])('reports %s as an unusable answer to a BatchGetItem, and discards its connection', async (_, text) => {
    const upstream = new OneAnswer(text);

    await expect(sourceOf(upstream).readMany([user('1'), user('2')], want)).rejects.toThrow(
      SourceUnavailableError,
    );
    expect(upstream.discarded).toBe(1);
  });

  it.each(['', '<html>', '{"Item":{"a":{"Z":"1"}}}', '{"Item":{"a":{"N":"x"}}}', '{"Item":{"a":1}}'])(
    'reports %j as an answer that cannot be read',
    async (text) => {
      await expect(sourceOf(new OneAnswer(text)).read(user('1'), want)).rejects.toThrow(
        SourceUnavailableError,
      );
    },
  );

  it.each([
    ['lists', '{"L":[', ']}'],
    ['maps', '{"M":{"a":', '}}'],
  ])('reports %s nested without end as an answer that cannot be read', async (_, open, close) => {
    const item = `{"id":{"N":"1"},"a":${open.repeat(200_000)}{"N":"1"}${close.repeat(200_000)}}`;
    const one = new OneAnswer(`{"Item":${item}}`);
    const batch = new OneAnswer(`{"Responses":{"Users":[${item}]}}`);
    const page = new OneAnswer(`{"Items":[${item}]}`);

    await expect(sourceOf(one).read(user('1'), want)).rejects.toThrow(SourceUnavailableError);
    await expect(sourceOf(batch).readMany([user('1')], want)).rejects.toThrow(SourceUnavailableError);
    const { answers } = await sourceOf(page).readGroup('users', { part: 0, parts: 1 }, want);
    expect(() => [...answers]).toThrow(SourceUnavailableError);
  });

  it('takes a form that it does not know for a defect', async () => {
    const unknown = { ...want, contentTypes: ['text/plain'] };
    const upstream = new OneAnswer('{"Item":{"id":{"N":"1"}}}');

    await expect(sourceOf(upstream).read(user('1'), unknown)).rejects.toThrow(RangeError);
  });

  it('takes a key of a group that it does not know for a defect', async () => {
    await expect(sourceOf(new OneAnswer('{}'), products).read(user('1'), want)).rejects.toThrow(RangeError);
  });

  it('drops the connections of its upstream', () => {
    const upstream = new OneAnswer('{}');
    sourceOf(upstream, products).dropConnections();

    expect(upstream.dropped).toBe(1);
  });
});
