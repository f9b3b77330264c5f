import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { AwsEmulator } from '../../tools/aws-emulator/index.ts';
import { CREDENTIALS } from '../../tools/lambda-emulator/index.ts';
import { AccountProxy } from '../support/aws-emulator/account-proxy.ts';
import { startDynalite } from '../support/dynamodb/dynalite.ts';
import type { DynamoDbServer } from '../support/dynamodb/dynamodb-server.ts';
import type { ExtensionUnderTest } from '../support/e2e/extension-under-test.ts';
import { itemPath } from '../support/e2e/item-path.ts';
import { prepareReplaced, startFunctionsAws, WITH_TOKEN } from '../support/e2e/start-with-aws.ts';

const ACCOUNT = '111122223333';
const READER = `arn:aws:iam::${ACCOUNT}:role/reader`;
const AUDITOR = `arn:aws:iam::${ACCOUNT}:role/auditor`;
const THINGS = { table: 'Things', hashKey: { name: 'id', type: 'S' } } as const;

const CACHE_YAML = `
dynamodb:
  - { table: Things, hashKey: id }
  - { table: Things, name: Things-theirs, hashKey: id, roleArn: '${READER}', externalId: shop-4711 }
parameters:
  roleArn: ${READER}
  externalId: shop-4711
  items:
    - path: /shop
secrets:
  - { id: theirs, roleArn: '${READER}', externalId: shop-4711 }
  - { id: audited, roleArn: '${AUDITOR}', sessionName: audit }
appconfig:
  - { application: Shop, environment: Prod, profile: flags, roleArn: '${READER}', externalId: shop-4711 }
`;

let aws: AwsEmulator;
let ours: DynamoDbServer;
let theirs: DynamoDbServer;
let proxy: AccountProxy;
let extension: ExtensionUnderTest;

const start = async (env: Readonly<Record<string, string>> = {}): Promise<void> => {
  ({ extension } = await prepareReplaced(aws, {
    cacheYaml: CACHE_YAML,
    env: {
      CACHE_EXTENSION_COMPATIBILITY: '',
      CACHE_EXTENSION_DYNAMODB_ENDPOINT: proxy.url,
      CACHE_EXTENSION_APPCONFIGDATA_ENDPOINT: aws.url,
      CACHE_EXTENSION_STS_ENDPOINT: aws.url,
      ...env,
    },
  }));
  await extension.lambda.init();
};

beforeAll(async () => {
  aws = await startFunctionsAws();
  [ours, theirs] = [await startDynalite(), await startDynalite()];
  proxy = await AccountProxy.start((accessKeyId) =>
    aws.roles.sessionOf(accessKeyId) === undefined ? ours.endpoint : theirs.endpoint,
  );
  for (const [server, account, value] of [
    [ours, aws, 'ours'],
    [theirs, aws.account(ACCOUNT), 'theirs'],
  ] as const) {
    await server.createTable(THINGS);
    await server.put('Things', { id: { S: '1' }, owner: { S: value } });
    for (let index = 0; index < 20; index += 1) account.parameters.put(`/shop/${index}`, { value });
    account.secrets.put('theirs', { string: value });
    account.secrets.put('audited', { string: value });
    account.configurations.put(
      { application: 'Shop', environment: 'Prod', profile: 'flags' },
      { bytes: value, contentType: 'text/plain' },
    );
  }
});

afterEach(async () => {
  await extension.close();
  aws.faults.clear();
  aws.calls.clear();
});

afterAll(async () => {
  await proxy.close();
  await Promise.all([ours.close(), theirs.close(), aws.close()]);
});

const get = async (path: string) => {
  const { status, body } = await extension.get(path, WITH_TOKEN);
  return { status, body };
};
const PATHS = [
  itemPath('Things-theirs', '1'),
  '/secrets?id=theirs',
  '/applications/Shop/environments/Prod/configurations/flags',
  ...Array.from({ length: 20 }, (_, index) => `/parameters?name=/shop/${index}`),
];

describe('with roles in cache.yaml', () => {
  it('many concurrent first reads of all sections make one AssumeRole, and read the account of the role', async () => {
    aws.roles.put(READER, { externalId: 'shop-4711' });
    await start();
    const paths = Array.from({ length: 230 }, (_, index) => PATHS[index % PATHS.length] ?? '');
    const answers = await Promise.all(paths.map(get));

    expect(answers.filter(({ status, body }) => status !== 200 || !body.includes('theirs'))).toEqual([]);
    expect(await get(itemPath('Things', '1'))).toEqual({
      status: 200,
      body: '{"id":"1","owner":"ours"}',
    });
    expect(aws.calls.of('AssumeRole')).toHaveLength(1);
    expect(aws.roles.sessions).toMatchObject([{ roleArn: READER, sessionName: expect.any(String) }]);
  });

  it('a denied role is a refusal that names it, no read of the own account, and no fault of other roles', async () => {
    aws.roles.put(READER, { externalId: 'another' });
    aws.roles.put(AUDITOR);
    await start({ CACHE_EXTENSION_INIT_STARTUP: 'true' });
    const answers = [];
    for (const path of PATHS.slice(0, 3)) answers.push(await get(path));

    for (const { status, body } of answers) {
      expect(status).toBe(502);
      expect(body).toContain(`STS refused AssumeRole of ${READER}: AccessDenied`);
      expect(body).not.toContain('shop-4711');
      expect(body).not.toContain(CREDENTIALS.AWS_SESSION_TOKEN);
    }
    expect((await get(itemPath('Things', '1'))).status).toBe(200);
    expect(aws.roles.sessions.at(-1)).toMatchObject({ roleArn: AUDITOR, sessionName: 'audit' });
    // One secret is read, by the preload.
    expect(await get('/secrets?id=audited')).toEqual({ status: 200, body: 'theirs' });
    expect(aws.calls.of('GetSecretValue')).toHaveLength(1);
    expect(aws.calls.of('GetParametersByPath')).toEqual([]);
  });
});

describe('a freeze in which a role is assumed', () => {
  const FREEZE_MS = 1_500;

  beforeEach(() => aws.roles.put(READER, { externalId: 'shop-4711' }));

  it('fails no read: the role is assumed again at once if the answer was lost', async () => {
    await start({ CACHE_EXTENSION_TIMEOUT: '20s' });
    const held = aws.faults.delay('sts:AssumeRole');
    const answers = Promise.all(PATHS.map(get));
    await held.arrived(1);
    extension.lambda.freeze();
    await delay(FREEZE_MS);
    extension.lambda.thaw();
    // Long before the first attempt would be given up.
    await held.arrived(2);
    held.release();

    expect((await answers).filter(({ status, body }) => status !== 200 || !body.includes('theirs'))).toEqual(
      [],
    );
    expect(aws.calls.of('AssumeRole')).toHaveLength(2);
    expect((await extension.health()).counts).toMatchObject({ failures: 0, sourceFailures: 0 });
  });

  it('wastes no answer that arrived meanwhile', async () => {
    await start({ CACHE_EXTENSION_TIMEOUT: '20s' });
    const held = aws.faults.delay('sts:AssumeRole');
    const answer = get('/secrets?id=theirs');
    await held.arrived(1);
    extension.lambda.freeze();
    held.release();
    await delay(FREEZE_MS);
    extension.lambda.thaw();

    expect(await answer).toEqual({ status: 200, body: 'theirs' });
    expect(aws.calls.of('AssumeRole')).toHaveLength(1);
  });
});
