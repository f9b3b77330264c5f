import {
  GetSecretValueCommand,
  SecretsManagerClient,
  UpdateSecretCommand,
} from '@aws-sdk/client-secrets-manager';
import { GetParametersCommand, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { JOURNAL_KEY } from '../../src/adapters/dynamodb/journal/journal-item.ts';
import type { AwsEmulator } from '../../tools/aws-emulator/index.ts';
import { CREDENTIALS } from '../../tools/lambda-emulator/index.ts';
import { startDynalite } from '../support/dynamodb/dynalite.ts';
import type { DynamoDbServer } from '../support/dynamodb/dynamodb-server.ts';
import { eventually } from '../support/e2e/eventually.ts';
import {
  type ReplacedUnderTest,
  startFunctionsAws,
  startReplaced,
  WITH_TOKEN,
} from '../support/e2e/start-with-aws.ts';
import { FAULTS } from '../support/faults/faults.ts';

const CACHE_YAML = `
parameters: { coherence: invocation }
secrets: { coherence: invocation }
`;
const JOURNAL = 'Journal';

let aws: AwsEmulator;
let dynamodb: DynamoDbServer;
let writer: ReplacedUnderTest;
let reader: ReplacedUnderTest;
let clients: (SSMClient | SecretsManagerClient)[] = [];

beforeAll(async () => {
  [aws, dynamodb] = await Promise.all([startFunctionsAws(), startDynalite()]);
  await dynamodb.createTable({
    table: JOURNAL,
    hashKey: { name: JOURNAL_KEY.scope, type: 'S' },
    sortKey: { name: JOURNAL_KEY.page, type: 'N' },
  });
  aws.parameters.put('/shop/host', { value: 'host 1' });
  aws.secrets.put('db', { string: 'password 1' });
  const start = () =>
    startReplaced(aws, {
      cacheYaml: CACHE_YAML,
      env: {
        CACHE_EXTENSION_DYNAMODB_ENDPOINT: dynamodb.endpoint,
        CACHE_EXTENSION_JOURNAL_TABLE: JOURNAL,
        CACHE_EXTENSION_SDK_ENDPOINTS: 'ssm,secretsmanager',
        CACHE_EXTENSION_WRITE_WINDOW: '1ms',
      },
    });
  [writer, reader] = await Promise.all([start(), start()]);
});

afterEach(() => {
  dynamodb.proxy.heal();
  for (const client of clients) client.destroy();
  clients = [];
});

afterAll(async () => {
  await Promise.all([writer.extension.close(), reader.extension.close()]);
  await Promise.all([aws.close(), dynamodb.close()]);
});

/** The clients of a function's AWS SDK that uses the extension as its endpoint. */
const clientsOf = ({ extension: { port } }: ReplacedUnderTest) => {
  const config = {
    endpoint: `http://127.0.0.1:${port}`,
    region: 'eu-west-1',
    credentials: {
      accessKeyId: CREDENTIALS.AWS_ACCESS_KEY_ID,
      secretAccessKey: CREDENTIALS.AWS_SECRET_ACCESS_KEY,
      sessionToken: CREDENTIALS.AWS_SESSION_TOKEN,
    },
    maxAttempts: 1,
  };
  const both = { ssm: new SSMClient(config), secrets: new SecretsManagerClient(config) };
  clients.push(both.ssm, both.secrets);
  return both;
};

const putParameter = (Value: string) =>
  clientsOf(writer).ssm.send(new PutParameterCommand({ Name: '/shop/host', Value, Overwrite: true }));
const updateSecret = (SecretString: string) =>
  clientsOf(writer).secrets.send(new UpdateSecretCommand({ SecretId: 'db', SecretString }));

/** The parameter as the reader answers it: on its own route, on the port of AWS's extension, and to an SDK. */
const parameters = async () => {
  const { ssm } = clientsOf(reader);
  const route = await reader.extension.get('/parameters?name=/shop/host', WITH_TOKEN);
  const compatible = await reader.ask('/systemsmanager/parameters/get?name=/shop/host');
  const { Parameters = [] } = await ssm.send(new GetParametersCommand({ Names: ['/shop/host'] }));
  return [route.body, JSON.parse(compatible.body).Parameter.Value, Parameters[0]?.Value];
};

/** The secret, likewise. */
const secrets = async () => {
  const { secrets: client } = clientsOf(reader);
  const route = await reader.extension.get('/secrets?id=db', WITH_TOKEN);
  const compatible = await reader.ask('/secretsmanager/get?secretId=db');
  const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: 'db' }));
  return [route.body, JSON.parse(compatible.body).SecretString, SecretString];
};

const bodyAt = async (path: string) => (await reader.extension.get(path, WITH_TOKEN)).body;

/** Reads a value in a new invocation until memory answers. */
const fill = async (path: string) => {
  await reader.extension.lambda.invoke();
  await eventually(
    () => reader.extension.get(path, WITH_TOKEN),
    ({ headers }) => /hit/.test(String(headers['cache-status'])),
  );
};

const thrice = (text: string) => [text, text, text];

describe('two environments with a journal, and no table', () => {
  it('agree on parameters and secrets in the next invocation', async () => {
    await reader.extension.lambda.invoke();
    for (const read of [parameters, secrets]) await read();
    aws.calls.clear();
    expect([await parameters(), await secrets()]).toEqual([thrice('host 1'), thrice('password 1')]);
    expect(aws.calls.all).toEqual([]);

    await putParameter('host 2');
    await reader.extension.lambda.invoke();
    expect([await parameters(), await secrets()]).toEqual([thrice('host 2'), thrice('password 1')]);

    await updateSecret('password 2');
    await reader.extension.lambda.invoke();
    expect(await secrets()).toEqual(thrice('password 2'));
  });

  it('forget a value that one of them is told to forget everywhere', async () => {
    aws.secrets.put('other', { string: 'before' });
    await fill('/secrets?id=other');
    aws.secrets.put('other', { string: 'after' });
    const deletion = await writer.extension.request('DELETE', '/secrets?id=other&everywhere=true', {
      headers: WITH_TOKEN,
    });
    expect(deletion.status).toBe(204);
    await reader.extension.lambda.invoke();

    expect(await bodyAt('/secrets?id=other')).toBe('after');
  });

  it('answer no value from memory while the journal cannot be read', async () => {
    aws.parameters.put('/quiet', { value: 'before' });
    await fill('/parameters?name=/quiet');
    aws.parameters.put('/quiet', { value: 'after' });
    expect(await bodyAt('/parameters?name=/quiet')).toBe('before');
    dynamodb.proxy.inject({ fault: FAULTS['access-denied'], operation: 'Query' });
    await reader.extension.lambda.invoke();

    expect(await bodyAt('/parameters?name=/quiet')).toBe('after');
  });
});
