import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { AwsEmulator } from '../../tools/aws-emulator/index.ts';
import { CREDENTIALS } from '../../tools/lambda-emulator/index.ts';
import { AccountProxy } from '../support/aws-emulator/account-proxy.ts';
import { readDocument } from '../support/docs/markdown.ts';
import { startDynalite } from '../support/dynamodb/dynalite.ts';
import type { DynamoDbServer } from '../support/dynamodb/dynamodb-server.ts';
import type { ExtensionUnderTest } from '../support/e2e/extension-under-test.ts';
import { itemPath } from '../support/e2e/item-path.ts';
import { prepareReplaced, startFunctionsAws, WITH_TOKEN } from '../support/e2e/start-with-aws.ts';

const { version } = JSON.parse(readDocument('package.json'));
const ROLE = 'arn:aws:iam::111122223333:role/reader';
const CACHE_YAML = `
dynamodb: [{ table: Things, hashKey: id }]
parameters: [{ name: /host }]
secrets:
  - { id: theirs, roleArn: '${ROLE}' }
appconfig: [{ application: Shop, environment: Prod, profile: flags }]
`;

let aws: AwsEmulator;
let dynamodb: DynamoDbServer;
let proxy: AccountProxy;
let extension: ExtensionUnderTest;

beforeAll(async () => {
  [aws, dynamodb] = await Promise.all([startFunctionsAws(), startDynalite()]);
  proxy = await AccountProxy.start((_, service) => (service === 'dynamodb' ? dynamodb.endpoint : aws.url));
  await dynamodb.createTable({ table: 'Things', hashKey: { name: 'id', type: 'S' } });
  await dynamodb.put('Things', { id: { S: '1' } });
  aws.parameters.put('/host', { value: 'example.org' });
  aws.roles.put(ROLE);
  aws.account('111122223333').secrets.put('theirs', { string: 'a secret' });
  aws.configurations.put(
    { application: 'Shop', environment: 'Prod', profile: 'flags' },
    { bytes: 'on', contentType: 'text/plain' },
  );
  const services = ['DYNAMODB', 'SSM', 'SECRETS_MANAGER', 'APPCONFIGDATA', 'STS'];
  ({ extension } = await prepareReplaced(aws, {
    cacheYaml: CACHE_YAML,
    env: {
      CACHE_EXTENSION_COMPATIBILITY: '',
      CACHE_EXTENSION_LOG_LEVEL: 'info',
      ...Object.fromEntries(services.map((name) => [`CACHE_EXTENSION_${name}_ENDPOINT`, proxy.url])),
    },
  }));
  await extension.lambda.init();
});

afterAll(async () => {
  await extension.close();
  await proxy.close();
  await Promise.all([dynamodb.close(), aws.close()]);
});

describe('the version of the package', () => {
  it('is in /health and /metrics', async () => {
    expect(JSON.parse((await extension.get('/health')).body)).toMatchObject({ status: 'ok', version });
    expect((await extension.get('/metrics')).body).toContain(
      `\ndynamodb_cache_build_info{version="${version}"} 1\n`,
    );
  });

  it('is in the first log line', async () => {
    expect(await extension.whenLogged(() => true)).toMatchObject({ message: 'serving requests', version });
  });
});

describe('upstream calls', () => {
  it('of every service name the program and its version in User-Agent', async () => {
    const paths = [
      itemPath('Things', '1'),
      '/parameters?name=/host',
      '/secrets?id=theirs',
      '/applications/Shop/environments/Prod/configurations/flags',
    ];
    for (const path of paths) expect((await extension.get(path, WITH_TOKEN)).status).toBe(200);

    expect(new Set(proxy.calls.map(({ service }) => service))).toEqual(
      new Set(['dynamodb', 'ssm', 'secretsmanager', 'appconfig', 'sts']),
    );
    expect(new Set(proxy.calls.map(({ userAgent }) => userAgent))).toEqual(
      new Set([`dynamodb-cache-extension/${version}`]),
    );
  });

  it('that an SDK makes through the endpoint keep the User-Agent of the SDK', async () => {
    const client = new DynamoDBClient({
      endpoint: `http://127.0.0.1:${extension.port}`,
      region: 'eu-west-1',
      credentials: {
        accessKeyId: CREDENTIALS.AWS_ACCESS_KEY_ID,
        secretAccessKey: CREDENTIALS.AWS_SECRET_ACCESS_KEY,
        sessionToken: CREDENTIALS.AWS_SESSION_TOKEN,
      },
    });
    await client.send(new ListTablesCommand({}));
    client.destroy();

    const [{ userAgent } = { userAgent: '' }] = proxy.calls.filter(
      ({ operation }) => operation === 'ListTables',
    );
    expect(userAgent).toMatch(/^aws-sdk-js\/3/);
  });
});
