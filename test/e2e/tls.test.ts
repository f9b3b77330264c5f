import { spawnSync } from 'node:child_process';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { postOperation, signedBy } from '../support/dynamodb/wire.ts';
import type { ExtensionUnderTest } from '../support/e2e/extension-under-test.ts';
import { itemPath } from '../support/e2e/item-path.ts';
import { type SecuredDynamoDb, startSecuredDynamoDb } from '../support/e2e/secured-dynamodb.ts';
import { startSecuredExtension } from '../support/e2e/start-extension.ts';

const hasOpenSsl = spawnSync('openssl', ['version']).status === 0;
const suite = hasOpenSsl ? describe : describe.skip;

suite(`a DynamoDB that speaks TLS${hasOpenSsl ? '' : ' (openssl is not installed)'}`, () => {
  let dynamodb: SecuredDynamoDb;
  const operations = () => dynamodb.server.received.map(({ operation }) => operation);
  let extension: ExtensionUnderTest | undefined;

  beforeEach(async () => {
    dynamodb = await startSecuredDynamoDb('{"Item":{"id":{"S":"a"},"n":{"N":"1.50"}}}');
  });

  afterEach(async () => {
    await extension?.close();
    await dynamodb.server.close();
  });

  const start = async (
    trusts: boolean,
    given: Readonly<Record<string, string>> = {},
  ): Promise<ExtensionUnderTest> => {
    const variables = { CACHE_EXTENSION_DYNAMODB_ENDPOINT: dynamodb.server.url, ...given };
    extension = await startSecuredExtension(trusts ? dynamodb.certificate : undefined, variables);
    return extension;
  };

  it('is read over one connection, which is kept', async () => {
    const things = await start(true);

    for (let read = 0; read < 3; read += 1) {
      const headers = { 'cache-control': 'no-cache' };
      expect(await things.get(itemPath('Things', 'a'), headers)).toMatchObject({
        status: 200,
        body: '{"id":"a","n":1.50}',
      });
    }
    expect(operations()).toEqual(Array.from({ length: 3 }, () => 'GetItem'));
    expect(dynamodb.server.sockets).toHaveLength(1);
  });

  it('is forwarded to', async () => {
    const { port } = await start(true);
    const answer = await postOperation(`http://127.0.0.1:${port}`, {
      target: 'DynamoDB_20120810.ListTables',
      body: '{}',
      headers: { authorization: signedBy('emulated-key-id', 'eu-west-1') },
    });

    expect(answer.status).toBe(200);
    expect(operations()).toEqual(['ListTables']);
  });

  it('is told nothing where its certificate is not trusted', async () => {
    const things = await start(false);

    expect(await things.get(itemPath('Things', 'a'))).toMatchObject({ status: 503 });
    expect(operations()).toEqual([]);
  });

  it('is told nothing either where the environment says to trust everybody', async () => {
    const things = await start(false, { NODE_TLS_REJECT_UNAUTHORIZED: '0' });

    expect(await things.get(itemPath('Things', 'a'))).toMatchObject({ status: 503 });
    expect(operations()).toEqual([]);
  });
});
