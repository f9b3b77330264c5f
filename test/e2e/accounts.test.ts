import {
  BatchGetItemCommand,
  DynamoDBClient,
  ExecuteStatementCommand,
  GetItemCommand,
  PutItemCommand,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { AwsEmulator } from '../../tools/aws-emulator/index.ts';
import { CREDENTIALS } from '../../tools/lambda-emulator/index.ts';
import { AccountsServer } from '../support/dynamodb/accounts-server.ts';
import type { ExtensionUnderTest } from '../support/e2e/extension-under-test.ts';
import { startExtension } from '../support/e2e/start-extension.ts';
import { startFunctionsAws, WITH_TOKEN } from '../support/e2e/start-with-aws.ts';

const OWN = '123456789012';
/** Its tables have policies that allow the function to read them. */
const SHARING = '111122223333';
/** Its tables need a role. */
const ROLE_ACCOUNT = '444455556666';
const ROLE = `arn:aws:iam::${ROLE_ACCOUNT}:role/reader`;
const REGIONS = ['eu-west-1', 'us-east-1'] as const;
const arn = (account: string, region: string) => `arn:aws:dynamodb:${region}:${account}:table/Products`;

/** Each place of the table, with its name for the item route and for SDKs. */
const PLACES = [OWN, SHARING, ROLE_ACCOUNT].flatMap((account) =>
  REGIONS.map((region) => ({
    account,
    region,
    at: `${account}/${region}`,
    name: account === OWN ? (region === 'eu-west-1' ? 'Products' : 'Products-us') : arn(account, region),
    tableName: account === OWN ? 'Products' : arn(account, region),
  })),
);

let aws: AwsEmulator;
let dynamodb: AccountsServer;
let extension: ExtensionUnderTest;
const clients = new Map<string, DynamoDBClient>();
let preloaded: AccountsServer['calls'];

beforeAll(async () => {
  aws = await startFunctionsAws();
  aws.roles.put(ROLE, { externalId: 'shop' });
  const theirs = aws.account(ROLE_ACCOUNT);
  aws.parameters.put('/shop/host', { value: OWN });
  theirs.parameters.put('/shop/host', { value: ROLE_ACCOUNT });
  aws.secrets.put('db', { string: OWN });
  theirs.secrets.put('db', { string: ROLE_ACCOUNT });
  dynamodb = await AccountsServer.start(accountOf);
  extension = await startExtension({
    endpoint: dynamodb.url,
    env: {
      CACHE_EXTENSION_INIT_STARTUP: 'true',
      CACHE_EXTENSION_STS_ENDPOINT: aws.url,
      CACHE_EXTENSION_SSM_ENDPOINT: aws.url,
      CACHE_EXTENSION_SECRETS_MANAGER_ENDPOINT: aws.url,
    },
    cacheYaml: `
dynamodb:
${PLACES.map(
  ({ account, region, name, tableName }) =>
    `  - { table: "${tableName}", name: ${name.startsWith('arn:') ? '~' : name}, hashKey: id, preload: all${
      account === OWN ? `, region: ${region}` : ''
    }${account === ROLE_ACCOUNT ? `, roleArn: "${ROLE}", externalId: shop` : ''} }`,
).join('\n')}
parameters:
  - { name: /shop/host, preload: false }
  - { name: "arn:aws:ssm:eu-west-1:${ROLE_ACCOUNT}:parameter/shop/host", preload: false, roleArn: "${ROLE}", externalId: shop }
secrets:
  - { id: db, preload: false }
  - { id: "${theirs.secrets.arnOf('db')}", preload: false, roleArn: "${ROLE}", externalId: shop }
`,
  });
  await extension.lambda.invoke();
  preloaded = [...dynamodb.calls];
});

afterAll(async () => {
  for (const client of clients.values()) client.destroy();
  await extension.close();
  await dynamodb.close();
  await aws.close();
});

function accountOf(accessKeyId: string): string {
  if (accessKeyId === CREDENTIALS.AWS_ACCESS_KEY_ID) return OWN;
  const isOfRole = aws.roles.sessions.some(({ credentials }) => credentials.accessKeyId === accessKeyId);
  return isOfRole ? ROLE_ACCOUNT : 'nobody';
}

/** The calls since the last look. */
const newCalls = () =>
  dynamodb.calls
    .splice(0)
    .map(({ operation, accessKeyId, region, tables }) => [operation, accountOf(accessKeyId), region, tables]);

const clientIn = (region: string): DynamoDBClient => {
  const known = clients.get(region);
  if (known !== undefined) return known;
  const client = new DynamoDBClient({
    endpoint: `http://127.0.0.1:${extension.port}`,
    region,
    maxAttempts: 1,
    credentials: {
      accessKeyId: CREDENTIALS.AWS_ACCESS_KEY_ID,
      secretAccessKey: CREDENTIALS.AWS_SECRET_ACCESS_KEY,
      sessionToken: CREDENTIALS.AWS_SESSION_TOKEN,
    },
  });
  clients.set(region, client);
  return client;
};

/** Clients name an ARN in any region; a name means the region of the client. */
const clientFor = ({ account, region }: (typeof PLACES)[number]) =>
  clientIn(account === OWN ? region : 'eu-west-1');

const readRoute = async (name: string, id: string): Promise<unknown> => {
  const { body } = await extension.get(`/dynamodb?table=${encodeURIComponent(name)}&hashKey=${id}`);
  return JSON.parse(body).at;
};
const readSdk = async (place: (typeof PLACES)[number], id: string) => {
  const { Item } = await clientFor(place).send(
    new GetItemCommand({ TableName: place.tableName, Key: { id: { S: id } } }),
  );
  return Item?.at?.S;
};
const signer = (account: string) => (account === ROLE_ACCOUNT ? ROLE_ACCOUNT : OWN);

describe('the same table name in three accounts and two regions', () => {
  it('is preloaded from each of them, with the right credentials', async () => {
    const scans = preloaded.map(({ accessKeyId, region, tables }) => [
      accountOf(accessKeyId),
      region,
      tables[0],
    ]);
    for (const { account, region, tableName } of PLACES)
      expect(scans).toContainEqual([signer(account), region, tableName]);
    newCalls();

    for (const { name, at } of PLACES) expect(await readRoute(name, 'one')).toBe(at);
    expect(newCalls()).toEqual([]);
    expect(aws.calls.of('AssumeRole')).toHaveLength(1);
  });

  it('is read by an SDK from the place that it names', async () => {
    for (const place of PLACES) expect(await readSdk(place, 'one')).toBe(place.at);

    // The preload read no items in the form of SDKs.
    expect(newCalls()).toEqual(
      PLACES.map(({ account, region, tableName }) => ['GetItem', signer(account), region, [tableName]]),
    );
  });

  it('is read on the item route from the place of its name, and not again by an SDK', async () => {
    for (const place of PLACES) {
      const { account, region, tableName, at } = place;
      expect(await readRoute(place.name, 'two')).toBe(at);
      expect(newCalls()).toEqual([['GetItem', signer(account), region, [tableName]]]);
      expect(await readSdk(place, 'two')).toBe(at);
      expect(newCalls()).toEqual([]);
    }
  });

  it('is written where the SDK says, which invalidates only the items of that account', async () => {
    for (const place of PLACES) {
      const { account, region, tableName } = place;
      await clientFor(place).send(new PutItemCommand({ TableName: tableName, Item: { id: { S: 'one' } } }));
      expect(newCalls()).toEqual([['PutItem', signer(account), region, [tableName]]]);

      const read: string[] = [];
      for (const each of PLACES) {
        expect(await readSdk(each, 'one')).toBe(each.at);
        if (newCalls().length > 0) read.push(each.account);
      }
      expect(read).toEqual([account, account]);
    }
  });

  it('is one batch if the tables have one role and region, and is answered from the cache', async () => {
    const table = arn(ROLE_ACCOUNT, 'eu-west-1');
    const ask = (ids: readonly string[]) =>
      clientIn('eu-west-1').send(
        new BatchGetItemCommand({
          RequestItems: { [table]: { Keys: ids.map((id) => ({ id: { S: id } })) } },
        }),
      );
    const { Responses } = await ask(['two', 'three']);

    expect(Responses?.[table]?.map(({ at }) => at?.S)).toEqual(
      ['two', 'three'].map(() => `${ROLE_ACCOUNT}/eu-west-1`),
    );
    expect(newCalls()).toEqual([['BatchGetItem', ROLE_ACCOUNT, 'eu-west-1', [table]]]);
    await ask(['two', 'three']);
    expect(newCalls()).toEqual([]);
  });

  it.each([
    ['two roles', [arn(SHARING, 'eu-west-1'), arn(ROLE_ACCOUNT, 'eu-west-1')], 'different roles'],
    ['two regions', [arn(SHARING, 'eu-west-1'), arn(SHARING, 'us-east-1')], 'in different regions'],
    ['a role and a name', ['Products', arn(ROLE_ACCOUNT, 'eu-west-1')], 'different roles'],
    ['an unnamed account', ['Products', arn('999999999999', 'eu-west-1')], 'does not name'],
    ['an unnamed region', [arn(SHARING, 'eu-north-1')], 'does not name'],
    ['an index', [`${arn(SHARING, 'eu-west-1')}/index/x`], 'does not name'],
  ])('is refused in one request with %s', async (_, names, message) => {
    const client = clientIn('eu-west-1');
    const keys = { Keys: [{ id: { S: 'one' } }] };
    const batch = new BatchGetItemCommand({
      RequestItems: Object.fromEntries(names.map((name) => [name, keys])),
    });
    const transaction = new TransactWriteItemsCommand({
      TransactItems: names.map((name) => ({ Delete: { TableName: name, Key: { id: { S: 'one' } } } })),
    });

    for (const send of [() => client.send(batch), () => client.send(transaction)]) {
      await expect(send()).rejects.toMatchObject({
        name: 'AccessDeniedException',
        message: expect.stringContaining(message),
      });
    }
    expect(newCalls()).toEqual([]);
  });

  it('is refused in statements with the role, which could name other tables of its account', async () => {
    const statement = new ExecuteStatementCommand({
      Statement: `SELECT * FROM "${arn(ROLE_ACCOUNT, 'eu-west-1')}"`,
    });

    await expect(clientIn('eu-west-1').send(statement)).rejects.toThrow('no PartiQL');
    expect(newCalls()).toEqual([]);
  });
});

describe('the same names of parameters and secrets in two accounts', () => {
  it('are read with the credentials that the entry names', async () => {
    const { accessKeyId } = aws.roles.sessions[0]?.credentials ?? {};
    const parameter = `arn:aws:ssm:eu-west-1:${ROLE_ACCOUNT}:parameter/shop/host`;
    const secret = aws.account(ROLE_ACCOUNT).secrets.arnOf('db');
    const text = async (path: string) => (await extension.get(path, WITH_TOKEN)).body;

    expect(await text(`/parameters?name=${encodeURIComponent('/shop/host')}`)).toContain(OWN);
    expect(await text(`/parameters?name=${encodeURIComponent(parameter)}`)).toContain(ROLE_ACCOUNT);
    expect(await text('/secrets?id=db')).toContain(OWN);
    expect(await text(`/secrets?id=${encodeURIComponent(secret)}`)).toContain(ROLE_ACCOUNT);
    const keys = (operation: string) => aws.calls.of(operation).map((call) => call.accessKeyId);
    expect(keys('GetParameter')).toEqual([CREDENTIALS.AWS_ACCESS_KEY_ID, accessKeyId]);
    expect(keys('GetSecretValue')).toEqual([CREDENTIALS.AWS_ACCESS_KEY_ID, accessKeyId]);
  });
});
