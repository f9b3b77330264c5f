import { execFile, spawnSync } from 'node:child_process';
import { promisify } from 'node:util';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { CREDENTIALS } from '../../../tools/lambda-emulator/index.ts';
import type { AwsEmulator } from '../../../tools/aws-emulator/index.ts';
import { freePort } from '../../support/free-port.ts';
import type { ExtensionUnderTest } from '../../support/e2e/extension-under-test.ts';
import { prepareReplaced, startFunctionsAws } from '../../support/e2e/start-with-aws.ts';

const sample = fileURLToPath(new URL('../../../examples/clients/python', import.meta.url));
const python = (code: string) => spawnSync('python3', ['-c', code]).status === 0;
const hasPython = python('import sys; sys.exit(sys.version_info < (3, 10))');
const hasBoto3 = hasPython && python('import boto3');

/** Prints the result of each expression as JSON: the value, or the name of the exception. */
const SCRIPT = `
import json, sys
from value_client import ValueNotFound, read_parameter, read_secret

def outcome(expression):
    try:
        return eval(expression)
    except ValueNotFound:
        return "ValueNotFound"

print("\\n" + json.dumps([outcome(expression) for expression in sys.argv[1:]]))
`;

const READS = {
  parameter: "read_parameter('/shop/host')",
  noParameter: "read_parameter('/shop/none')",
  secret: "read_secret('prod/db')",
  member: "read_secret('prod/db', json_key='password')",
  number: "read_secret('prod/db', json_key='port')",
  noMember: "read_secret('prod/db', json_key='none')",
  noSecret: "read_secret('prod/none')",
};
const VALUES = [
  'shop.local',
  'ValueNotFound',
  '{"password":"s3cret","port":5432}',
  's3cret',
  '5432',
  'ValueNotFound',
  'ValueNotFound',
];

(hasPython ? describe : describe.skip)('the client for parameters and secrets in Python', () => {
  let aws: AwsEmulator;
  let extension: ExtensionUnderTest;

  beforeAll(async () => {
    aws = await startFunctionsAws();
    aws.parameters.put('/shop/host', { value: 'shop.local', type: 'SecureString' });
    aws.secrets.put('prod/db', { string: '{"password":"s3cret","port":5432}' });
    ({ extension } = await prepareReplaced(aws, {
      cacheYaml: 'parameters:\n  - name: /shop/host\nsecrets:\n  - id: prod/db\n',
      env: { CACHE_EXTENSION_COMPATIBILITY: '' },
    }));
    await extension.lambda.init();
  }, 60_000);

  afterEach(() => aws.faults.clear());

  afterAll(async () => {
    await extension.close();
    await aws.close();
  });

  const run = async (port: number, env: Readonly<Record<string, string>> = {}) => {
    const { stdout } = await promisify(execFile)('python3', ['-c', SCRIPT, ...Object.values(READS)], {
      env: {
        PATH: process.env.PATH,
        PYTHONPATH: sample,
        PYTHONDONTWRITEBYTECODE: '1',
        AWS_REGION: 'eu-west-1',
        AWS_DEFAULT_REGION: 'eu-west-1',
        AWS_ENDPOINT_URL_SSM: aws.url,
        AWS_ENDPOINT_URL_SECRETS_MANAGER: aws.url,
        ...CREDENTIALS,
        CACHE_EXTENSION_PORT: String(port),
        ...env,
      },
    });
    const lines = stdout.trimEnd().split('\n');
    return {
      values: JSON.parse(lines.at(-1) ?? ''),
      printed: lines.slice(0, -1).filter((line) => line !== ''),
    };
  };

  it('reads values through the extension, with the second read from its cache', async () => {
    expect(await run(extension.port)).toEqual({ values: VALUES, printed: [] });
    aws.calls.clear();

    expect(await run(extension.port)).toEqual({ values: VALUES, printed: [] });
    expect(aws.calls.all).toEqual([]);
  });

  (hasBoto3 ? it : it.skip)('reads the same values from AWS if the extension is absent', async () => {
    expect(await run(await freePort())).toEqual({ values: VALUES, printed: [] });
  });

  (hasBoto3 ? it : it.skip)('says why the extension cannot answer, and reads from AWS', async () => {
    const { values, printed } = await run(extension.port, { CACHE_EXTENSION_TOKEN: 'wrong' });

    expect(values).toEqual(VALUES);
    expect(printed).toEqual(Object.keys(READS).map(() => 'the extension cannot answer: 403 bad_token'));
  });
});
