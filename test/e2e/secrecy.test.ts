import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type AwsEmulator, startAwsEmulator } from '../../tools/aws-emulator/index.ts';
import { prepareReplaced, type ReplacedUnderTest } from '../support/e2e/start-with-aws.ts';
import type { HttpAnswer } from '../support/http/exchange.ts';

/** Part of every value, every name and every credential. */
const MARKER = `m${randomBytes(12).toString('hex')}`;
/** The spellings in which it might get out. */
const SPELLINGS = [
  MARKER,
  MARKER.toUpperCase(),
  Buffer.from(MARKER).toString('base64').slice(0, 16),
  Buffer.from(MARKER).toString('hex'),
  [...Buffer.from(MARKER)].join(','),
];

const CREDENTIALS = {
  accessKeyId: 'AKIDEMULATED',
  secretAccessKey: `key-${MARKER}`,
  sessionToken: `session-${MARKER}`,
};
const NAME = `name-${MARKER}`;
const PARAMETERS = '/systemsmanager/parameters/get';
const TOKEN = { 'X-Aws-Parameters-Secrets-Token': `own-${MARKER}` };
const SESSION = { 'X-Aws-Parameters-Secrets-Token': CREDENTIALS.sessionToken };

let aws: AwsEmulator;
let replaced: ReplacedUnderTest;

beforeAll(async () => {
  aws = await startAwsEmulator({ credentials: CREDENTIALS });
  aws.parameters.put(`/${NAME}`, { value: MARKER, type: 'SecureString', labels: [MARKER] });
  aws.parameters.put(`/path/${NAME}`, { value: MARKER, type: 'SecureString' });
  aws.secrets.put(NAME, { string: `{"password":"${MARKER}","${MARKER}":1}` });
  aws.secrets.put(`text-${NAME}`, { string: `{"${MARKER}` });
  aws.secrets.put(`binary-${NAME}`, { binary: Buffer.from(MARKER) });
  replaced = await prepareReplaced(aws, {
    cacheYaml: `parameters:\n  - name: /${NAME}\n  - path: /path\nsecrets:\n  - id: ${NAME}\n  - id: gone-${NAME}\n`,
    env: {
      AWS_ACCESS_KEY_ID: CREDENTIALS.accessKeyId,
      AWS_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey,
      AWS_SESSION_TOKEN: CREDENTIALS.sessionToken,
      CACHE_EXTENSION_TOKEN: TOKEN['X-Aws-Parameters-Secrets-Token'],
      CACHE_EXTENSION_METRICS: 'emf',
      CACHE_EXTENSION_LOG_LEVEL: 'debug',
      CACHE_EXTENSION_INIT_STARTUP: 'true',
      CACHE_EXTENSION_TIMEOUT: '500ms',
    },
  });
  await replaced.extension.lambda.init();
});

afterAll(async () => {
  await replaced.extension.close();
  await aws.close();
});

/** Everything that the program said, except values that were asked for with a token. */
const said: string[] = [];
const heard = ({ status, headers, body }: HttpAnswer, isValue: boolean): HttpAnswer => {
  said.push(JSON.stringify(headers), ...(isValue && status === 200 ? [] : [body]));
  return { status, headers, body, bytes: Buffer.from(body) };
};

/** Asks for values in every way, and then for things that are refused. */
const askForAll = async (): Promise<readonly number[]> => {
  const { ask, extension } = replaced;
  const values = [
    ...[`?name=/${NAME}&withDecryption=true`, `?name=/${NAME}:1`, `?name=/${NAME}&label=${MARKER}`].map(
      (query) => ask(PARAMETERS + query, SESSION),
    ),
    ask(`/secretsmanager/get?secretId=${NAME}`, TOKEN),
    ask(`/secretsmanager/get?secretId=${NAME}&refreshNow=true`, TOKEN),
    ask(`/v1/binary-${NAME}`, SESSION),
    ...[
      `/parameters?name=/path/${NAME}`,
      `/parameters?name=/${NAME}&format=aws`,
      `/secrets?id=${NAME}`,
      `/secrets?id=${NAME}&jsonKey=password`,
      `/secrets?id=binary-${NAME}`,
    ].map((path) => extension.get(path, SESSION)),
  ];
  const others = [
    ...[`?name=/none-${NAME}`, `?name=${MARKER}%0A`, `?name=/${NAME}:1&version=${MARKER}`, `?${MARKER}`].map(
      (query) => ask(PARAMETERS + query, SESSION),
    ),
    ask(`/secretsmanager/get?secretId=${NAME}&versionStage=${MARKER}`, SESSION),
    ask(`/secretsmanager/get?secretId=${NAME}&roleArn=${MARKER}`, SESSION),
    ask(`/secretsmanager/get?secretId=${NAME}`, { 'X-Aws-Parameters-Secrets-Token': `wrong-${MARKER}` }),
    ask(`/secretsmanager/get?secretId=${NAME}`, { ...SESSION, Host: `${MARKER}.example` }),
    ask(`/secretsmanager/get?secretId=${NAME}`, { ...SESSION, Origin: MARKER }),
    ask(`/secretsmanager/get?secretId=${NAME}`, SESSION, 'POST'),
    ask(`/${MARKER}`, SESSION),
    ask(`/v1/gone-${NAME}`, SESSION),
    ask('/ping', {}),
    ...[
      `/secrets?id=${NAME}&jsonKey=no-${MARKER}`,
      `/secrets?id=text-${NAME}&jsonKey=${MARKER}`,
      `/secrets?id=${NAME}&${MARKER}=1`,
      `/secrets?id=gone-${NAME}`,
      `/parameters?name=/${NAME}&format=${MARKER}`,
      `/${MARKER}`,
      '/metrics',
    ].map((path) => extension.get(path, TOKEN)),
    extension.get(`/secrets?id=${NAME}`, { 'X-Aws-Parameters-Secrets-Token': MARKER }),
    extension.get('/health'),
  ];
  const answered = await Promise.all(values);
  for (const answer of answered) heard(answer, true);
  for (const answer of await Promise.all(others)) heard(answer, false);
  return answered.map(({ status }) => status);
};

const refreshed = `/secretsmanager/get?secretId=${NAME}&refreshNow=true`;

describe('names, values and credentials', () => {
  it('get into no log, metric, header or refusal, whatever happens', async () => {
    const { ask, extension } = replaced;
    expect(new Set(await askForAll())).toEqual(new Set([200]));
    await extension.lambda.invoke();
    expect(new Set(await askForAll())).toEqual(new Set([200]));

    const faults = [
      () => aws.faults.deny('*'),
      () => aws.faults.throttle('*'),
      () => aws.faults.failNext(9, { type: 'InternalServiceError', message: MARKER }),
      () => aws.faults.failNext(9, { type: 'ValidationException', message: `Value ${MARKER} at secretId` }),
      () => aws.faults.failNext(9, { type: `Odd#${MARKER} x`, message: MARKER }),
      () => aws.faults.failNext(9, { status: 200, message: `{"SecretString":"${MARKER}` }),
      () => aws.faults.failNext(9, { status: 503, message: MARKER }),
      () => aws.faults.cutNext(9, 'before-answer'),
      () => aws.faults.expireCredentials(),
    ];
    for (const fault of faults) {
      fault();
      for (const path of [refreshed, `/v1/${NAME}?refreshNow=true`]) {
        const answer = heard(await ask(path, SESSION), false);
        expect(answer.status).not.toBe(200);
      }
      heard(await extension.get(`/secrets?id=other-${NAME}`, TOKEN), false);
      aws.faults.clear();
    }
    await askForAll();
    await extension.lambda.invoke();
    await extension.lambda.shutdown();

    const all = [...said, ...extension.lambda.output].join('\n');
    expect(all).toContain('_aws');
    expect(all).toContain('the source refuses a read');
    expect(all).toContain('dynamodb_cache');
    for (const spelling of SPELLINGS)
      expect(all.split('\n').filter((line) => line.includes(spelling))).toEqual([]);
  });
});
