import { spawnSync } from 'node:child_process';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { ExtensionUnderTest } from '../support/e2e/extension-under-test.ts';
import { itemPath } from '../support/e2e/item-path.ts';
import { SecuredDynamoDb } from '../support/e2e/secured-dynamodb.ts';
import { startSecuredExtension } from '../support/e2e/secured-extension.ts';
import { exchangeRaw, signedBy } from '../support/endpoint/raw-exchange.ts';

const hasOpenSsl = spawnSync('openssl', ['version']).status === 0;
const suite = hasOpenSsl ? describe : describe.skip;

suite(`a DynamoDB that speaks TLS${hasOpenSsl ? '' : ' (openssl is not installed)'}`, () => {
  let dynamodb: SecuredDynamoDb;
  let extension: ExtensionUnderTest | undefined;

  beforeEach(async () => {
    dynamodb = await SecuredDynamoDb.start('{"Item":{"id":{"S":"a"},"n":{"N":"1.50"}}}');
  });

  afterEach(async () => {
    await extension?.close();
    await dynamodb.close();
  });

  const start = async (
    trusts: boolean,
    given: Readonly<Record<string, string>> = {},
  ): Promise<ExtensionUnderTest> => {
    const variables = { CACHE_EXTENSION_DYNAMODB_ENDPOINT: dynamodb.endpoint, ...given };
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
    expect(dynamodb.targets).toEqual(Array.from({ length: 3 }, () => 'DynamoDB_20120810.GetItem'));
    expect(dynamodb.handshakes).toBe(1);
  });

  it('is forwarded to', async () => {
    const { port } = await start(true);
    const answer = await exchangeRaw(`http://127.0.0.1:${port}`, {
      target: 'DynamoDB_20120810.ListTables',
      body: '{}',
      headers: { authorization: signedBy('emulated-key-id', 'eu-west-1') },
    });

    expect(answer.status).toBe(200);
    expect(dynamodb.targets).toEqual(['DynamoDB_20120810.ListTables']);
  });

  it('is told nothing where its certificate is not trusted', async () => {
    const things = await start(false);

    expect(await things.get(itemPath('Things', 'a'))).toMatchObject({ status: 503 });
    expect(dynamodb.targets).toEqual([]);
  });

  it('is told nothing either where the environment says to trust everybody', async () => {
    const things = await start(false, { NODE_TLS_REJECT_UNAUTHORIZED: '0' });

    expect(await things.get(itemPath('Things', 'a'))).toMatchObject({ status: 503 });
    expect(dynamodb.targets).toEqual([]);
  });
});
