import { describe, expect, it } from '@jest/globals';
import { SourceTimeoutError } from '../../../src/domain/cache/errors.ts';
import { NotForwardedError } from '../../../src/ports/inbound/wire-operations.ts';
import { groupOf } from '../../support/application/create-application.ts';
import { type Script, serveEndpoint, thing } from '../../support/application/served-endpoint.ts';

const WINDOW_MS = 10_000;
const ARN = 'arn:aws:dynamodb:eu-west-1:123456789012:table/Things';
const statement = (text: string) => ({ Statement: text });

/** The endpoint with the items `a` and `b` in memory. */
const filledEndpoint = async (script: Script = async () => ({})) => {
  const endpoint = serveEndpoint(script);
  for (const id of ['a', 'b']) {
    endpoint.put(id);
    await endpoint.ask('GetItem', thing(id));
  }
  const isCached = (id: string) => endpoint.store.get(endpoint.keyOf(id)) !== undefined;
  /** Reads an item by way of the cache; whether it was asked for consistently, and whether it is kept. */
  const reread = async (id: string) => {
    endpoint.store.delete(endpoint.keyOf(id));
    await endpoint.ask('GetItem', thing(id));
    const call = endpoint.source.calls.at(-1);
    return { isConsistent: call?.want.consistent === true, isKept: isCached(id) };
  };
  return { ...endpoint, isCached, reread };
};

const ORDINARY = { isConsistent: false, isKept: true };
const CONSISTENT = { isConsistent: true, isKept: true };
const IN_DOUBT = { isConsistent: true, isKept: false };

describe('a write at the endpoint', () => {
  it('is forwarded unchanged, and its items are invalidated before the client receives the answer', async () => {
    const endpoint = await filledEndpoint(async () => ({ json: '{"Attributes":{}}' }));
    const body = '{ "TableName":"Things", "Key":{"id":{"S":"a"}} }';

    expect(await endpoint.ask('DeleteItem', body)).toBe('{"Attributes":{}}');
    expect(endpoint.passed).toEqual([{ operation: 'DeleteItem', body }]);
    expect([endpoint.isCached('a'), endpoint.isCached('b')]).toEqual([false, true]);
  });

  it('invalidates a table once before and once after, for any number of statements', async () => {
    const endpoint = await filledEndpoint();
    const invalidated: string[] = [];
    endpoint.invalidator.onInvalidated((group) => invalidated.push(group));
    const statements = [
      `INSERT INTO "Things" VALUE {'id':'c'}`,
      `DELETE FROM "Things" WHERE id = 'a'`,
      `INSERT INTO "Things" VALUE {'id':'d'}`,
    ];
    await endpoint.ask('BatchExecuteStatement', { Statements: statements.map(statement) });

    expect(invalidated).toEqual(['Things', 'Things']);
    expect(endpoint.isCached('a')).toBe(false);
  });

  it.each(['DropEverything', 'ExecuteStatement'])(
    'invalidates all tables, and nothing else, if it is not known what it changes: %s',
    async (operation) => {
      const endpoint = serveEndpoint(
        async () => ({}),
        {},
        { groups: ['Things', 'Secrets'].map((name) => groupOf(name)) },
      );
      const invalidated: string[] = [];
      endpoint.invalidator.onInvalidated((group) => invalidated.push(group));
      await endpoint.ask(operation, statement('DELETE what'));

      expect(invalidated).toEqual(['Things', 'Things']);
    },
  );

  it('makes every read of the key consistent within the write window, not only the first', async () => {
    const endpoint = await filledEndpoint();
    await endpoint.ask('DeleteItem', thing('a'));

    expect(await endpoint.reread('a')).toEqual(CONSISTENT);
    expect(await endpoint.reread('b')).toEqual(ORDINARY);
    await endpoint.clock.advance(WINDOW_MS - 1);
    expect(await endpoint.reread('a')).toEqual(CONSISTENT);
    await endpoint.clock.advance(1);
    expect(await endpoint.reread('a')).toEqual(ORDINARY);
  });

  it('makes reads bypass the cache while it is running', async () => {
    let answer: () => void = () => undefined;
    const endpoint = await filledEndpoint(async () => {
      await new Promise<void>((resolve) => {
        answer = resolve;
      });
      return {};
    });
    const writing = endpoint.ask('DeleteItem', thing('a'));

    expect(endpoint.isCached('a')).toBe(false);
    expect(await endpoint.reread('a')).toEqual(IN_DOUBT);
    answer();
    await writing;
    expect(await endpoint.reread('a')).toEqual(CONSISTENT);
  });

  it.each<readonly [string, string, Script]>([
    ['a time-out', 'PutItem', () => Promise.reject(new SourceTimeoutError('late'))],
    ['an answer of status 500', 'PutItem', async () => ({ status: 500 })],
    ['an answer that sends it elsewhere', 'PutItem', async () => ({ status: 307 })],
    ['an error of a proxy', 'PutItem', async () => ({ status: 408, json: '<html>time-out</html>' })],
    ['a transaction refused', 'TransactWriteItems', async () => ({ status: 400 })],
    ['a transaction of statements refused', 'ExecuteTransaction', async () => ({ status: 400 })],
  ])('does not cache the key for the write window after %s', async (_, operation, script) => {
    const endpoint = await filledEndpoint(script);
    const item = { TableName: 'Things', Item: { id: { S: 'a' } } };
    const statements = [{ Statement: `DELETE FROM "Things" WHERE id = 'a'` }];
    const request = { ...item, TransactItems: [{ Put: item }], TransactStatements: statements };
    await endpoint.ask(operation, request).catch(() => undefined);

    expect(endpoint.isCached('a')).toBe(false);
    expect(await endpoint.reread('a')).toEqual(IN_DOUBT);
    expect(await endpoint.reread('b')).toEqual(ORDINARY);
    await endpoint.clock.advance(WINDOW_MS);
    expect(await endpoint.reread('a')).toEqual(ORDINARY);
  });

  it.each<readonly [string, Script]>([
    ['refused', async () => ({ status: 400, json: '{"__type":"ConditionalCheckFailedException"}' })],
    ['not sent at all', () => Promise.reject(new NotForwardedError('no connection'))],
  ])('invalidates the written keys also if it was %s', async (_, script) => {
    const endpoint = await filledEndpoint(script);
    await endpoint.ask('DeleteItem', thing('a')).catch(() => undefined);

    expect(endpoint.isCached('a')).toBe(false);
    expect(await endpoint.reread('a')).toEqual(CONSISTENT);
  });

  const canceled = (...codes: readonly unknown[]) =>
    JSON.stringify({
      __type: 'com.amazonaws.dynamodb.v20120810#TransactionCanceledException',
      CancellationReasons: codes.map((Code) => ({ Code, Item: { Code: { S: 'None' } } })),
      Message: 'Transaction cancelled, please refer cancellation reasons for specific reasons',
    });
  const failed = (name: string) => JSON.stringify({ __type: `com.amazonaws.dynamodb.v20120810#${name}` });
  const item = { TableName: 'Things', Item: { id: { S: 'a' } } };
  const inTransaction = {
    TransactItems: [{ Put: item }],
    TransactStatements: [{ Statement: `DELETE FROM "Things" WHERE id = 'a'` }],
  };

  describe.each(['TransactWriteItems', 'ExecuteTransaction'])('%s that fails', (operation) => {
    it.each([
      ['by its only condition', canceled('ConditionalCheckFailed')],
      ['by one condition of several', canceled('None', 'ConditionalCheckFailed', 'None')],
      ['by all conditions', canceled('ConditionalCheckFailed', 'ConditionalCheckFailed')],
      ['by validation', failed('ValidationException')],
      ['for want of permission', '{"__type":"com.amazon.coral.service#AccessDeniedException"}'],
      ['because a table does not exist', failed('ResourceNotFoundException')],
      ['because its token was used for something else', failed('IdempotentParameterMismatchException')],
    ])('writes nothing, so that its keys stay cacheable: %s', async (_, json) => {
      const endpoint = await filledEndpoint(async () => ({ status: 400, json }));
      expect(await endpoint.ask(operation, inTransaction)).toBe(json);

      expect(endpoint.isCached('a')).toBe(false);
      expect(await endpoint.reread('a')).toEqual(CONSISTENT);
    });

    it.each([
      ['a conflict', canceled('TransactionConflict')],
      ['a conflict beside a condition', canceled('ConditionalCheckFailed', 'TransactionConflict')],
      ['throttling', canceled('ProvisionedThroughputExceeded', 'None')],
      ['an item that is too large', canceled('ItemCollectionSizeLimitExceeded')],
      ['a reason of a later version', canceled('ConditionalCheckFailed', 'Unheard')],
      ['a reason in another letter case', canceled('conditionalcheckfailed')],
      ['a reason that is no text', canceled('ConditionalCheckFailed', null)],
      ['no reason of which one failed', canceled('None', 'None')],
      ['no reasons', canceled()],
      ['reasons that are no list', failed('TransactionCanceledException')],
      ['a transaction that is still in progress', failed('TransactionInProgressException')],
      ['throttling of all', failed('ThrottlingException')],
      ['an error of a later version', failed('UnheardException')],
      ['an error that has no name', '{"message":"ValidationException"}'],
      ['an error that cannot be read', 'ValidationException'],
    ])('leaves the outcome unknown after %s', async (_, json) => {
      const endpoint = await filledEndpoint(async () => ({ status: 400, json }));
      await endpoint.ask(operation, inTransaction);

      expect(await endpoint.reread('a')).toEqual(IN_DOUBT);
      await endpoint.clock.advance(WINDOW_MS);
      expect(await endpoint.reread('a')).toEqual(ORDINARY);
    });

    it('leaves the outcome unknown if the answer is too long to be read whole', async () => {
      const body = (async function* () {
        yield new TextEncoder().encode(canceled('ConditionalCheckFailed'));
      })();
      const endpoint = await filledEndpoint(async () => ({ status: 400, body }));
      const answer = await endpoint.execute(operation, inTransaction);

      expect(answer.body).toBe(body);
      expect(await endpoint.reread('a')).toEqual(IN_DOUBT);
    });

    it('leaves the outcome unknown if the status is not 400', async () => {
      const json = canceled('ConditionalCheckFailed');
      const endpoint = await filledEndpoint(async () => ({ status: 500, json }));
      await endpoint.ask(operation, inTransaction);

      expect(await endpoint.reread('a')).toEqual(IN_DOUBT);
    });
  });

  it.each(['ConditionalCheckFailedException', 'ValidationException', 'TransactionConflictException'])(
    'writes nothing when a single item fails with %s',
    async (name) => {
      const endpoint = await filledEndpoint(async () => ({ status: 400, json: failed(name) }));
      await endpoint.ask('PutItem', item);

      expect(await endpoint.reread('a')).toEqual(CONSISTENT);
    },
  );

  it.each([
    ['writes nothing when DynamoDB refuses it', 'application/x-amz-json-1.0', CONSISTENT],
    ['leaves the outcome unknown if something else answers', 'text/html', IN_DOUBT],
  ])('%s with an answer that is too long to be read whole', async (_, type, expected) => {
    const body = (async function* () {
      yield new TextEncoder().encode(failed('ConditionalCheckFailedException'));
    })();
    const headers = { 'content-type': type };
    const endpoint = await filledEndpoint(async () => ({ status: 400, headers, body }));
    await endpoint.execute('PutItem', item);

    expect(await endpoint.reread('a')).toEqual(expected);
  });

  it.each([
    ['DeleteTable', { TableName: 'Things' }],
    ['UpdateTable', { TableName: 'Things', ReplicaUpdates: [{ Delete: { RegionName: 'us-east-1' } }] }],
    ['StartBulkPutItems', { TableName: 'Things' }],
    ['DescribeBulkOperation', { BulkOperationArn: `${ARN}/bulk-operation/1` }],
    ['DescribeBulkOperation', { BulkOperationArn: 'arn:aws:dynamodb:eu-west-1:123456789012:bulk/1' }],
  ])('may go on after the answer, so that no item of the table is cached: %s', async (operation, request) => {
    const endpoint = await filledEndpoint();
    await endpoint.ask(operation, request);

    expect([endpoint.isCached('a'), endpoint.isCached('b')]).toEqual([false, false]);
    expect(await endpoint.reread('a')).toEqual(IN_DOUBT);
    await endpoint.clock.advance(WINDOW_MS);
    expect(await endpoint.reread('a')).toEqual(ORDINARY);
  });

  describe('a batch of statements', () => {
    const statements = { Statements: [`DELETE FROM "Things" WHERE id = 'a'`].map(statement) };
    const response = (...errors: readonly unknown[]) => ({
      Responses: [{ TableName: 'Things' }, ...errors.map((error) => ({ Error: error, TableName: 'Things' }))],
    });

    it.each([
      ['InternalServerError', { Code: 'InternalServerError', Message: 'm' }],
      [
        'InternalServerError beside another error',
        { Code: 'DuplicateItem' },
        { Code: 'InternalServerError' },
      ],
    ])('leaves the outcome unknown if a statement fails with %s', async (_, ...errors) => {
      const endpoint = await filledEndpoint(async () => ({ json: JSON.stringify(response(...errors)) }));
      await endpoint.ask('BatchExecuteStatement', statements);

      expect(await endpoint.reread('a')).toEqual(IN_DOUBT);
      await endpoint.clock.advance(WINDOW_MS);
      expect(await endpoint.reread('a')).toEqual(ORDINARY);
    });

    it.each([['{"Responses":1}'], ['<html>'], ['{"Responses":[{"Error":"InternalServerError"}]}']])(
      'leaves the outcome unknown if the answer cannot be read: %s',
      async (json) => {
        const endpoint = await filledEndpoint(async () => ({ json }));
        await endpoint.ask('BatchExecuteStatement', statements);

        expect(await endpoint.reread('a')).toEqual(IN_DOUBT);
      },
    );

    it('leaves the outcome unknown if the answer is too long to be read whole', async () => {
      const body = (async function* () {
        yield new TextEncoder().encode(JSON.stringify(response()));
      })();
      const endpoint = await filledEndpoint(async () => ({ body }));
      await endpoint.execute('BatchExecuteStatement', statements);

      expect(await endpoint.reread('a')).toEqual(IN_DOUBT);
    });

    it.each([
      ['no error', response()],
      ['a failed condition', response({ Code: 'ConditionalCheckFailed', Item: { Code: { S: 'x' } } })],
      ['throttling', response({ Code: 'ThrottlingError' }, { Code: 'ProvisionedThroughputExceeded' })],
      ['no responses', {}],
    ])('has a known outcome with %s', async (_, answer) => {
      const endpoint = await filledEndpoint(async () => ({ json: JSON.stringify(answer) }));
      await endpoint.ask('BatchExecuteStatement', statements);

      expect(await endpoint.reread('a')).toEqual(CONSISTENT);
    });
  });

  it('returns a failure unchanged to its client', async () => {
    const endpoint = await filledEndpoint(() => Promise.reject(new SourceTimeoutError('late')));

    await expect(endpoint.ask('DeleteItem', thing('a'))).rejects.toThrow('late');
  });

  it.each([
    [statement(`INSERT INTO "Things" VALUE {'id': 'a'}`)],
    [statement('/* who knows */ DELETE FROM "Others"')],
  ])('invalidates whole tables if the key is unknown: %j', async (request) => {
    const endpoint = await filledEndpoint();
    await endpoint.ask('ExecuteStatement', request);

    expect([endpoint.isCached('a'), endpoint.isCached('b')]).toEqual([false, false]);
    expect(await endpoint.reread('b')).toEqual(CONSISTENT);
  });

  it.each([
    ['PutItem', { TableName: 'Others', Item: { id: { S: 'a' } } }],
    ['Query', { TableName: 'Things' }],
    ['ExecuteStatement', statement(`SELECT * FROM "Things" WHERE id = 'a'`)],
  ])('does not include operations that write no item: %s', async (operation, request) => {
    const endpoint = await filledEndpoint();
    await endpoint.ask(operation, request);

    expect([endpoint.isCached('a'), endpoint.isCached('b')]).toEqual([true, true]);
    expect(await endpoint.reread('a')).toEqual(ORDINARY);
  });

  it('makes a read consistent that is forwarded because the cache failed to read', async () => {
    const endpoint = await filledEndpoint();
    await endpoint.ask('DeleteItem', thing('a'));
    endpoint.source.failWith(new SourceTimeoutError('late'));
    await endpoint.ask('GetItem', thing('a'));
    await endpoint.clock.advance(WINDOW_MS);
    await endpoint.ask('GetItem', thing('a'));

    expect(endpoint.passed.slice(1).map(({ body }) => JSON.parse(body))).toEqual([
      { ...thing('a'), ConsistentRead: true },
      thing('a'),
    ]);
  });
});
