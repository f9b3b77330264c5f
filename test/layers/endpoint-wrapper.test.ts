import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { freePort } from '../support/free-port.ts';
import { ENDPOINT, WRAPPER, WrappedRuntimes } from '../support/wrapped-runtime.ts';

/** The shells that Amazon Linux has as sh, and that Debian has. */
const SHELLS = { 'bash as sh': 'sh', bash: '/bin/bash', 'sh of this machine': '/bin/sh' };

const runtimes = new WrappedRuntimes();
const start = runtimes.start.bind(runtimes);

beforeAll(() => runtimes.open());
afterAll(() => runtimes.close());

describe('the wrapper that points SDKs at the extension', () => {
  it.each(Object.entries(SHELLS))('does so where somebody listens, run by %s', async (_, shell) => {
    expect(await start({ shell })).toMatchObject({
      status: 0,
      endpoint: `http://127.0.0.1:${runtimes.port}`,
      complaint: '',
    });
  });

  it.each(Object.entries(SHELLS))('does nothing where nobody listens, run by %s', async (_, shell) => {
    const nobody = String(await freePort());
    const { status, endpoint, complaint } = await start({ shell, env: { CACHE_EXTENSION_PORT: nobody } });

    expect([status, endpoint]).toEqual([0, undefined]);
    expect(complaint).toBe(
      `dynamodb-cache: ${ENDPOINT} is left as it is: nobody can be seen to listen on port ${nobody}\n`,
    );
  });

  const isShBash = spawnSync('/bin/sh', ['-c', 'echo $BASH_VERSION'], { encoding: 'utf8' }).stdout !== '\n';
  const blind = isShBash ? 'it is bash here' : undefined;

  (blind === undefined ? it : it.skip)(
    `does nothing where there is only a sh that cannot see who listens${blind === undefined ? '' : `: ${blind}`}`,
    async () => {
      const wrapper = join(runtimes.folder, 'without-bash');
      writeFileSync(wrapper, readFileSync(WRAPPER, 'utf8').replaceAll('/bin/bash', '/nowhere/bash'));
      const { status, endpoint } = await start({ shell: '/bin/sh', wrapper });

      expect([status, endpoint]).toEqual([0, undefined]);
    },
  );

  it('gives the runtime its arguments as they are', async () => {
    expect((await start()).args).toEqual(['two words', '$HOME *']);
  });

  it('takes port 4000 where none is set', async () => {
    const { endpoint, complaint } = await start({ env: { CACHE_EXTENSION_PORT: '' } });

    expect(endpoint === undefined ? complaint : endpoint).toMatch(/4000$/m);
  });

  it.each(['4000/../..', '$(id)', 'http'])('does nothing with the port "%s"', async (wrong) => {
    const { status, endpoint, complaint } = await start({ env: { CACHE_EXTENSION_PORT: wrong } });

    expect([status, endpoint]).toEqual([0, undefined]);
    expect(complaint).toContain('CACHE_EXTENSION_PORT is no port');
  });

  it('does nothing where credentials come from the container endpoint', async () => {
    const { endpoint, complaint } = await start({
      env: { AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://169.254.100.1:9001/credentials' },
    });

    expect(endpoint).toBeUndefined();
    expect(complaint).toContain('container endpoint');
  });

  it('does it there, too, if it is told to', async () => {
    const { endpoint } = await start({
      env: {
        AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://169.254.100.1:9001/credentials',
        DYNAMODB_CACHE_ENDPOINT: 'always',
      },
    });

    expect(endpoint).toBe(`http://127.0.0.1:${runtimes.port}`);
  });

  it.each([
    ['AWS_USE_FIPS_ENDPOINT', 'true'],
    ['AWS_USE_FIPS_ENDPOINT', 'True'],
    ['AWS_USE_DUALSTACK_ENDPOINT', 'true'],
  ])('does nothing where SDKs would refuse it because %s is %s', async (name, value) => {
    const { endpoint, complaint } = await start({ env: { [name]: value } });

    expect(endpoint).toBeUndefined();
    expect(complaint).toContain(`${name} is set`);
  });

  it('does nothing where SDKs were told of another endpoint that the extension knows nothing of', async () => {
    const { endpoint, complaint } = await start({ env: { AWS_ENDPOINT_URL: 'http://localstack:4566' } });

    expect(endpoint).toBeUndefined();
    expect(complaint).toContain('AWS_ENDPOINT_URL is set');
  });

  it('does it if the extension was told, too', async () => {
    const { endpoint } = await start({
      env: {
        AWS_ENDPOINT_URL: 'http://localstack:4566',
        CACHE_EXTENSION_DYNAMODB_ENDPOINT: 'http://localstack:4566',
      },
    });

    expect(endpoint).toBe(`http://127.0.0.1:${runtimes.port}`);
  });

  it('leaves an endpoint of DynamoDB as it is', async () => {
    const { endpoint } = await start({ env: { [ENDPOINT]: 'http://elsewhere:8000' } });

    expect(endpoint).toBe('http://elsewhere:8000');
  });

  it.each([
    ['ssm', ['SSM']],
    ['secretsmanager', ['SECRETS_MANAGER']],
    ['ssm, secretsmanager', ['SSM', 'SECRETS_MANAGER']],
    ['', []],
    ['ssmx', []],
  ])('points SDKs of the services in "%s" at the extension, too', async (listed, names) => {
    const { variables, status } = await start({ env: { CACHE_EXTENSION_SDK_ENDPOINTS: listed } });
    const pointed = Object.entries(variables).filter(([name]) => name.startsWith('AWS_ENDPOINT_URL_'));

    expect(status).toBe(0);
    expect(Object.fromEntries(pointed)).toEqual(
      Object.fromEntries(
        ['DYNAMODB', ...names].map((name) => [
          `AWS_ENDPOINT_URL_${name}`,
          `http://127.0.0.1:${runtimes.port}`,
        ]),
      ),
    );
  });

  it('judges each service by itself', async () => {
    const { variables, complaint } = await start({
      env: {
        CACHE_EXTENSION_SDK_ENDPOINTS: 'ssm,secretsmanager',
        AWS_ENDPOINT_URL_SSM: 'http://elsewhere:8000',
        HTTPS_PROXY: 'http://proxy:3128',
        AWS_REGION: 'eu-west-1',
        NO_PROXY: 'dynamodb.eu-west-1.amazonaws.com',
      },
    });

    expect(variables).toMatchObject({
      AWS_ENDPOINT_URL_DYNAMODB: `http://127.0.0.1:${runtimes.port}`,
      AWS_ENDPOINT_URL_SSM: 'http://elsewhere:8000',
    });
    expect(variables.AWS_ENDPOINT_URL_SECRETS_MANAGER).toBeUndefined();
    expect(complaint).toContain('exempt the host of Secrets Manager in NO_PROXY');
  });

  it.each(['error', 'none'])('says nothing of it at the log level %s', async (level) => {
    const { endpoint, complaint } = await start({
      env: { CACHE_EXTENSION_LOG_LEVEL: level, AWS_USE_FIPS_ENDPOINT: 'true' },
    });

    expect([endpoint, complaint]).toEqual([undefined, '']);
  });
});
