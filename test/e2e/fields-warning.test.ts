import { afterEach, expect, it } from '@jest/globals';
import type { ExtensionUnderTest } from '../support/e2e/extension-under-test.ts';
import { startExtension } from '../support/e2e/start-extension.ts';
import { freePort } from '../support/free-port.ts';

const cacheYaml = `dynamodb:
  - { table: Whole, hashKey: id, preload: none }
  - { table: Partial, hashKey: id, fields: [id, price], preload: none }
  - { table: Listed, hashKey: id, fields: id, preload: none }
`;

let extension: ExtensionUnderTest;

afterEach(() => extension.close());

const warningsOf = async (text: string, isUsed: boolean) => {
  const port = await freePort();
  const env = isUsed ? { AWS_ENDPOINT_URL_DYNAMODB: `http://127.0.0.1:${port}` } : {};
  extension = await startExtension({ cacheYaml: text, endpoint: 'http://127.0.0.1:9', port, env });
  await extension.health();
  return extension.log.filter(({ message }) => message.includes('fields'));
};

it('warns at the start, in one line, of tables with fields if SDKs use the endpoint', async () => {
  expect(await warningsOf(cacheYaml, true)).toEqual([
    expect.objectContaining({
      level: 'WARN',
      message: expect.stringMatching(/whole items .* leave fields out .* ProjectionExpression/),
      tables: ['Partial', 'Listed'],
    }),
  ]);
});

it('does not warn of fields if no SDK is pointed at the endpoint', async () => {
  expect(await warningsOf(cacheYaml, false)).toEqual([]);
});

it('does not warn of fields if no table has fields', async () => {
  expect(await warningsOf('dynamodb: [{ table: Whole, hashKey: id, preload: none }]', true)).toEqual([]);
});
