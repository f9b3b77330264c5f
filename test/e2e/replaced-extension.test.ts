import { execFile, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { AwsEmulator } from '../../tools/aws-emulator/index.ts';
import { CREDENTIALS } from '../../tools/lambda-emulator/index.ts';
import { eventually } from '../support/e2e/eventually.ts';
import {
  prepareReplaced,
  type ReplacedUnderTest,
  startFunctionsAws,
  startReplaced,
  WITH_TOKEN,
} from '../support/e2e/start-with-aws.ts';

const PARAMETER = '/systemsmanager/parameters/get?name=/app/host';
const SECRET = '/secretsmanager/get?secretId=prod/db';
const file = (name: string) => fileURLToPath(new URL(`../support/e2e/${name}`, import.meta.url));
const HAS_PYTHON = spawnSync('python3', ['--version']).status === 0;

let aws: AwsEmulator;
let replaced: ReplacedUnderTest | undefined;

beforeAll(async () => {
  aws = await startFunctionsAws();
  aws.parameters.put('/app/host', { value: 'db.example' });
  aws.parameters.put('/app/key', { value: 'k3y', type: 'SecureString' });
  aws.parameters.put('/app/hosts', { value: 'a,b', type: 'StringList' });
  aws.secrets.put('prod/db', { string: '{"user":"admin"}' });
});

afterEach(async () => {
  aws.faults.clear();
  aws.calls.clear();
  await replaced?.extension.close();
  replaced = undefined;
});

afterAll(() => aws.close());

const start = async (
  ...options: Parameters<typeof startReplaced> extends [unknown, ...infer Rest] ? Rest : never
) => {
  replaced = await startReplaced(aws, ...options);
  return replaced;
};

describe("in place of AWS's Parameters and Secrets extension, without cache.yaml", () => {
  it('a function reads its configuration while it is initialized, at the first attempt, with any client', async () => {
    const parameters = ['middySsmExtension', 'axiosStyle', 'retryingOn400'];
    const calls = [
      ...parameters.map((client) => [client, '/app/host']),
      ['middySsmExtension', '/app/hosts'],
      ['middySsmExtension', '/app/key'],
      ['middySecretsManagerExtension', 'prod/db'],
      ['nodeHttpGet', 'prod/db'],
    ];
    const { extension } = await start({
      lambda: (port) => ({
        port,
        functionProcess: {
          command: [process.execPath, file('configured-function.mjs')],
          env: { CALLS: JSON.stringify(calls), PARAMETERS_SECRETS_EXTENSION_HTTP_PORT: String(port) },
        },
      }),
    });
    const { payload } = await extension.lambda.invoke([
      ['middySsmExtension', '/app/none'],
      ['retryingOn400', '/app/none'],
    ]);

    expect(payload).toEqual({
      atInit: [
        { value: 'db.example' },
        { value: 'db.example' },
        { value: { attempt: 1, value: 'db.example' } },
        { value: ['a', 'b'] },
        { value: 'k3y' },
        { value: { user: 'admin' } },
        { value: '{"user":"admin"}' },
      ],
      asked: [
        { error: '@middy/ssm-extension 400 Bad Request' },
        { error: '400: an unexpected error occurred while executing request' },
      ],
    });
    expect(extension.lambda.journal.find('registered')).toMatchObject({ listening: true });
    expect(aws.calls.of('GetSecretValue')).toHaveLength(1);
  });

  (HAS_PYTHON ? it : it.skip)('Python functions read values in every spelling', async () => {
    const { compatiblePort } = await start();
    const env = {
      PATH: process.env.PATH,
      PARAMETERS_SECRETS_EXTENSION_HTTP_PORT: String(compatiblePort),
      AWS_SESSION_TOKEN: CREDENTIALS.AWS_SESSION_TOKEN,
    };
    const { stdout } = await promisify(execFile)('python3', [file('extension-clients.py')], { env });

    expect(JSON.parse(stdout)).toEqual({
      raw: 'db.example',
      quoted: 'db.example',
      'fully quoted': 'db.example',
      'raw ARN': 'db.example',
      form: 'k3y',
      ciphertext: 'AQICAH',
      secret: 'admin',
      missing: [400, 'an unexpected error occurred while executing request'],
    });
  });

  it('a request that comes while the program is being loaded waits, and is answered', async () => {
    const prepared = await prepareReplaced(aws);
    replaced = prepared;
    const { lambda } = prepared.extension;
    const initialized = lambda.init();
    await lambda.when('registered');
    const answers = await Promise.all([
      prepared.ask(PARAMETER),
      prepared.ask(SECRET),
      prepared.ask('/ping', {}),
    ]);
    await initialized;

    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
  });

  it('hits make no calls, and only the documented actions are used', async () => {
    const { ask } = await start();
    for (let time = 0; time < 3; time += 1) {
      const answers = await Promise.all([ask(PARAMETER), ask(SECRET)]);
      expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    }

    expect(aws.calls.all.map(({ operation }) => operation).sort()).toEqual([
      'GetParameter',
      'GetSecretValue',
    ]);
    expect((await ask(SECRET)).headers['cache-status']).toContain('; hit;');
  });

  it('a disabled cache answers nothing, also while AWS fails and stale values are allowed', async () => {
    const { ask } = await start({
      env: {
        PARAMETERS_SECRETS_EXTENSION_CACHE_ENABLED: 'FALSE',
        CACHE_EXTENSION_STALE_WHILE_REVALIDATE: '1h',
        CACHE_EXTENSION_STALE_IF_ERROR: '1h',
      },
    });
    const answers = [await ask(PARAMETER), await ask(PARAMETER)];
    aws.faults.failNext(1);
    answers.push(await ask(PARAMETER));

    expect(answers.map(({ status }) => status)).toEqual([200, 200, 400]);
    expect(aws.calls.of('GetParameter')).toHaveLength(3);
  });

  it("the path of AWS's agent is cached as well", async () => {
    const { ask } = await start();
    const [first, second] = [await ask('/v1/prod/db'), await ask('/v1/prod/db')];

    expect(JSON.parse(first.body)).toMatchObject({ Name: 'prod/db', SecretString: '{"user":"admin"}' });
    expect(JSON.parse(first.body)).not.toHaveProperty('SecretBinary');
    expect([second.body, second.headers['cache-status']]).toEqual([
      first.body,
      expect.stringContaining('; hit;'),
    ]);
    expect(aws.calls.of('GetSecretValue')).toHaveLength(1);
  });

  it('reads once for a hundred functions that fail with a rotated secret', async () => {
    const { ask } = await start();
    const { VersionId } = JSON.parse((await ask(SECRET)).body);
    const current = aws.secrets.put('prod/db', { string: '{"user":"rotated"}' });
    aws.calls.clear();
    const retry = `${SECRET}&refreshNow=true&unlessVersion=${VersionId}`;

    const answers = await Promise.all(Array.from({ length: 100 }, () => ask(retry)));
    aws.secrets.put('prod/db', { string: '{"user":"admin"}' });

    expect(new Set(answers.map(({ body }) => JSON.parse(body).VersionId))).toEqual(new Set([current]));
    expect(aws.calls.of('GetSecretValue')).toHaveLength(1);
  });

  it('makes two calls for a hundred functions that refresh a value at the same time', async () => {
    const { ask, extension } = await start();
    const held = aws.faults.delay('secretsmanager:GetSecretValue');
    const answers = Array.from({ length: 100 }, () => ask(`${SECRET}&refreshNow=true`));
    await held.arrived(1);
    // Those that arrive while a call is running share the next one, which AWS answers later than they asked.
    await eventually(extension.health.bind(extension), ({ counts }) => counts.misses === answers.length);

    held.release();

    expect((await Promise.all(answers)).map(({ status }) => status)).toEqual(answers.map(() => 200));
    expect(aws.calls.of('GetSecretValue')).toHaveLength(2);
  });

  it('a denial is logged once with its permission, and named in a header', async () => {
    const { ask, extension } = await start();
    aws.faults.deny('secretsmanager:GetSecretValue');

    const answers = [await ask(SECRET), await ask(SECRET)];

    for (const { status, headers, body } of answers) {
      expect([status, body]).toEqual([400, 'an unexpected error occurred while executing request']);
      expect(headers).toMatchObject({ 'x-error-type': 'AccessDeniedException', 'x-error-status': '403' });
    }
    const { reason } = await extension.whenLogged(({ message }) => message === 'the source refuses a read');
    expect(reason).toContain('secretsmanager:GetSecretValue');
    expect(extension.log).toHaveLength(1);
  });

  it('SHUTDOWN closes its port as well, with exit status 0', async () => {
    const { ask, extension } = await start();
    expect((await ask(PARAMETER)).status).toBe(200);

    expect(await extension.lambda.shutdown()).toMatchObject({ code: 0, signal: null });

    await expect(ask('/ping')).rejects.toThrow('ECONNREFUSED');
  });
});

describe('if another process has the port', () => {
  it('one error names the layer to remove, and the rest works', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const address = other.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    try {
      const { extension } = await start({ compatiblePort: address.port });

      const { message } = await extension.whenLogged(({ level }) => level === 'ERROR');
      expect(message).toContain("AWS's Parameters and Secrets extension");
      expect(message).toContain(String(address.port));
      expect(message).toContain('CACHE_EXTENSION_COMPATIBILITY');
      await extension.lambda.invoke();
      expect(await extension.get('/parameters?name=/app/host', WITH_TOKEN)).toMatchObject({
        status: 200,
        body: 'db.example',
      });
      expect(extension.log.filter(({ level }) => level === 'ERROR')).toHaveLength(1);
      expect(await extension.lambda.shutdown()).toMatchObject({ code: 0, signal: null });
    } finally {
      other.close();
    }
  });
});

describe('under SnapStart', () => {
  it('calls nothing before the first invocation, and then accepts the token that the function has', async () => {
    const { ask, extension } = await start({ lambda: () => ({ initializationType: 'snap-start' }) });
    const { lambda } = extension;
    const token = { 'X-Aws-Parameters-Secrets-Token': 'emulated-credentials-token' };
    // AWS's default of 0 is the longest time-out.
    expect(await ask(SECRET, token)).toMatchObject({
      status: 400,
      body: 'an unexpected error occurred while executing request',
      headers: {
        'x-error-status': '503',
        'x-error-message': expect.stringContaining(
          'reads no values before the first invocation: read in the handler',
        ),
      },
    });
    expect(await ask(SECRET, { 'X-Aws-Parameters-Secrets-Token': 'undefined' })).toMatchObject({
      status: 403,
    });
    expect(aws.calls.all).toEqual([]);
    expect(lambda.journal.find('credentials')).toBeUndefined();

    await lambda.invoke();

    expect(await ask(SECRET, token)).toMatchObject({ status: 200 });
    expect(lambda.journal.order('event', 'credentials')).toEqual(['event', 'credentials']);
  });
});
