import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startDynalite } from '../support/dynamodb/dynalite.ts';
import type { DynamoDbServer } from '../support/dynamodb/dynamodb-server.ts';
import { postOperation } from '../support/dynamodb/wire.ts';
import type { ExtensionUnderTest } from '../support/e2e/extension-under-test.ts';
import { startExtension } from '../support/e2e/start-extension.ts';

const TARGET = 'DynamoDB_20120810.ListTables';
const SIGNATURE = 'X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Signature=0000';

describe('an operation that is signed in the query string', () => {
  let dynamodb: DynamoDbServer;
  let extension: ExtensionUnderTest;

  beforeAll(async () => {
    dynamodb = await startDynalite();
    extension = await startExtension({
      cacheYaml: 'dynamodb:\n  - { table: Things, hashKey: id }\n',
      endpoint: dynamodb.endpoint,
    });
  });

  afterAll(async () => {
    await extension.close();
    await dynamodb.close();
  });

  it.each([
    ['with an X-Amz-Target header', `/?${SIGNATURE}`, { 'x-amz-target': TARGET }],
    ['with the target in the query', `/?${SIGNATURE}&X-Amz-Target=${TARGET}`, {}],
    ['with a path that is empty', `?${SIGNATURE}`, { 'x-amz-target': TARGET }],
  ])('is refused with a message that says so: %s', async (_, target, headers) => {
    const response = await fetch(`http://127.0.0.1:${extension.port}${target}`, {
      method: 'POST',
      headers,
      body: '{}',
    });

    expect(response.status).toBe(400);
    expect(response.headers.get('content-type')).toBe('application/x-amz-json-1.0');
    expect(await response.json()).toMatchObject({
      __type: 'com.amazon.coral.service#MissingAuthenticationTokenException',
      message: expect.stringContaining('query string'),
    });
  });

  it('is refused although its Authorization header is right', async () => {
    const url = `http://127.0.0.1:${extension.port}/?${SIGNATURE}`;
    const { status, body } = await postOperation(url, { target: TARGET, body: '{}' });

    expect([status, body.toString()]).toEqual([400, expect.stringContaining('query string')]);
    expect(dynamodb.requests).toEqual([]);
  });
});
