import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { DynamoDbItemSource } from '../../../src/adapters/dynamodb/dynamodb-item-source.ts';
import type { DynamoDbUpstream } from '../../../src/adapters/dynamodb/dynamodb-upstream.ts';
import { SourceUnavailableError } from '../../../src/domain/cache/errors.ts';
import { PLAIN } from '../../../src/domain/dynamodb/json/dynamodb-json.ts';
import { KeyCodec } from '../../../src/domain/dynamodb/model/key-codec.ts';
import { answer, RawOrigin } from '../../support/dynamodb/raw-origin.ts';
import { tableSpec } from '../../support/dynamodb/table-spec.ts';
import { useTestCredentials } from '../../support/dynamodb/test-credentials.ts';
import { upstreamTo } from '../../support/dynamodb/upstream-to.ts';
import { FakeClock } from '../../support/fakes/fake-clock.ts';

const USERS = tableSpec({ name: 'Users', hashKey: { name: 'id', type: 'S' } });
const KEY = new KeyCodec(USERS).fromText('a');
const AWS_JSON = 'Content-Type: application/x-amz-json-1.0\r\n';

describe('an answer of status 200 that cannot be used', () => {
  let origin: RawOrigin;
  let upstream: DynamoDbUpstream;
  let source: DynamoDbItemSource;

  beforeEach(async () => {
    useTestCredentials();
    origin = await RawOrigin.start();
    const clock = new FakeClock();
    upstream = upstreamTo({ region: 'us-east-1', endpoint: origin.url.origin }, clock);
    source = new DynamoDbItemSource([USERS], upstream, clock);
  });

  afterEach(async () => {
    upstream.close();
    await origin.close();
  });

  const read = () => source.read(KEY, { contentTypes: [PLAIN], signal: new AbortController().signal });

  it.each([
    ['an error', '{"__type":"InternalFailure"}', AWS_JSON],
    ['another object', '{"status":"ok"}', AWS_JSON],
    ['the item of another key', '{"Item":{"id":{"S":"b"}}}', AWS_JSON],
    ['an item without its key', '{"Item":{"n":{"N":"1"}}}', AWS_JSON],
    ['no content type', '{}', ''],
    ['another content type', '{"Item":{"id":{"S":"a"}}}', 'Content-Type: text/html\r\n'],
  ])('ends its connection if it is or has %s', async (_, body, headers) => {
    origin.answerWith(answer(body, headers), answer('{}', AWS_JSON));
    await expect(read()).rejects.toBeInstanceOf(SourceUnavailableError);
    await origin.firstClosed();

    expect((await read()).bodies).toEqual([]);
    expect(origin.sockets).toHaveLength(2);
  });

  it.each([
    ['of a batch has an error', 'readMany', '{"__type":"InternalFailure"}', AWS_JSON],
    ['of a batch is another object', 'readMany', '{"status":"ok"}', AWS_JSON],
    ['of a batch is empty', 'readMany', '{}', AWS_JSON],
    [
      'of a batch has the item of another key',
      'readMany',
      '{"Responses":{"Users":[{"id":{"S":"b"}}]},"UnprocessedKeys":{}}',
      AWS_JSON,
    ],
    [
      'of a batch has another content type',
      'readMany',
      '{"Responses":{"Users":[{"id":{"S":"a"}}]},"UnprocessedKeys":{}}',
      'Content-Type: text/html\r\n',
    ],
    ['of a scan has an error', 'readGroup', '{"__type":"InternalFailure"}', AWS_JSON],
    ['of a scan is another object', 'readGroup', '{"status":"ok"}', AWS_JSON],
    ['of a scan is empty', 'readGroup', '{}', AWS_JSON],
    [
      'of a scan has another content type',
      'readGroup',
      '{"Items":[],"Count":0}',
      'Content-Type: text/html\r\n',
    ],
  ])('ends its connection if the answer %s', async (_, method, body, headers) => {
    const want = { contentTypes: [PLAIN], signal: new AbortController().signal };
    const reads = {
      readMany: () => source.readMany([KEY], want),
      readGroup: () => source.readGroup('Users', { part: 0, parts: 1 }, want),
    };
    origin.answerWith(answer(body, headers));
    await expect(reads[method === 'readMany' ? 'readMany' : 'readGroup']()).rejects.toBeInstanceOf(
      SourceUnavailableError,
    );
    await origin.firstClosed();

    expect(origin.sockets).toHaveLength(1);
  });

  it('is told from an absent item, which keeps its connection', async () => {
    origin.answerWith(answer('{"ConsumedCapacity":{"CapacityUnits":1}}', AWS_JSON), answer('{}', AWS_JSON));
    await read();
    await read();

    expect(origin.sockets).toHaveLength(1);
  });
});
