import { describe, expect, it } from '@jest/globals';
import { PLAIN, TYPED } from '../../../../src/domain/dynamodb/json/dynamodb-json.ts';
import { BatchReader } from '../../../../src/domain/dynamodb/operations/item-reader.ts';
import { tableSpec } from '../../../support/dynamodb/table-spec.ts';

const things = tableSpec({ name: 'Things', hashKey: { name: 'id', type: 'S' } });
const ARN = 'arn:aws:dynamodb:eu-west-1:123456789012:table/Things';

/** The ids and bodies of an answer, its unprocessed keys, and the items after each of which the reader yields. */
const read = (answer: string, contentTypes: readonly string[] = [PLAIN], spec = things) => {
  const reading = new BatchReader(spec).read(new TextEncoder().encode(answer), contentTypes);
  let yields = 0;
  let step = reading.next();
  for (; step.done !== true; step = reading.next()) yields += 1;
  if (step.value === undefined) return undefined;
  const { items, unprocessed } = step.value;
  const texts = items.map(([key, bodies]) => [
    key.id,
    ...bodies.map((body) => new TextDecoder().decode(body.bytes)),
  ]);
  return { items: texts, unprocessed, yields };
};

describe('BatchReader', () => {
  it('reads the items and the unprocessed keys, and yields after each item', () => {
    const answer =
      '{"Responses":{"Things":[{"x":{"N":"1"},"id":{"S":"a"}},{"id":{"S":"b"}}]},' +
      '"UnprocessedKeys":{"Things":{"Keys":[{"id":{"S":"c"}}]}}}';

    expect(read(answer, [PLAIN, TYPED])).toEqual({
      items: [
        ['a', '{"id":"a","x":1}', '{"x":{"N":"1"},"id":{"S":"a"}}'],
        ['b', '{"id":"b"}', '{"id":{"S":"b"}}'],
      ],
      unprocessed: [{ id: { S: 'c' } }],
      yields: 2,
    });
  });

  it('reads an answer without items', () => {
    expect(read('{"Responses":{"Things":[]},"UnprocessedKeys":{}}')).toEqual({
      items: [],
      unprocessed: [],
      yields: 0,
    });
  });

  it('reads the answer for a table by the name in the request', () => {
    const answer = (table: string) => `{"Responses":{"${table}":[{"id":{"S":"a"}}]},"UnprocessedKeys":{}}`;

    expect(read(answer(ARN), [PLAIN], { ...things, arn: ARN })?.items).toEqual([['a', '{"id":"a"}']]);
    expect(read(answer('Things'), [PLAIN], { ...things, arn: ARN })).toBeUndefined();
  });

  it.each([
    ['white space', '{"Responses": {"Things":[]},"UnprocessedKeys":{}}'],
    ['another table', '{"Responses":{"Others":[]},"UnprocessedKeys":{}}'],
    [
      'the table twice',
      '{"Responses":{"Things":[{"id":{"S":"a"}}],"Things":[{"id":{"S":"b"}}]},"UnprocessedKeys":{}}',
    ],
    ['an item without a key', '{"Responses":{"Things":[{"x":{"S":"a"}}]},"UnprocessedKeys":{}}'],
    ['no unprocessed keys', '{"Responses":{"Things":[{"id":{"S":"a"}}]}}'],
    ['an end that is missing', '{"Responses":{"Things":[{"id":{"S":"a"}}]},"UnprocessedKeys":{}'],
    ['a list that does not end', '{"Responses":{"Things":[{"id":{"S":"a"}}'],
    ['no JSON', ''],
  ])('leaves an answer with %s to the complete parser', (_, answer) => {
    expect(read(answer)).toBeUndefined();
  });

  it('leaves content types that it does not support to the complete parser', () => {
    const answer = '{"Responses":{"Things":[]},"UnprocessedKeys":{}}';

    expect(read(answer, ['text/html'])).toBeUndefined();
    expect(read(answer, [TYPED], { ...things, fields: ['x'] })).toBeUndefined();
  });
});
