import { execFile, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { DescribeTableCommand, DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import * as v from 'valibot';
import { parse } from 'yaml';
import { readEnvironment } from '../../src/adapters/config/environment/environment.ts';
import { snippetsOf } from '../support/docs/markdown.ts';
import { startDynalite } from '../support/dynamodb/dynalite.ts';
import type { DynamoDbServer } from '../support/dynamodb/dynamodb-server.ts';
import { HttpClient } from '../support/e2e/http-client.ts';
import { itemPath } from '../support/e2e/item-path.ts';
import { freePort } from '../support/free-port.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const examples = join(root, 'examples/local');
const CLI = 'dist/lib/bootstrap/cli.js';
const read = (name: string) => readFileSync(join(examples, name), 'utf8');

const service = v.object({
  command: v.string(),
  environment: v.optional(v.record(v.string(), v.string()), {}),
  network_mode: v.optional(v.string()),
  working_dir: v.optional(v.string()),
});
const { services } = v.parse(
  v.object({ services: v.object({ dynamodb: service, cache: service, function: service }) }),
  parse(read('compose.yaml')),
);

const hasPython =
  spawnSync('python3', ['-c', 'import sys; sys.exit(sys.version_info < (3, 10))']).status === 0;
const hasBoto3 = hasPython && spawnSync('python3', ['-c', 'import boto3']).status === 0;

describe('the unit tests of the example', () => {
  it('pass, with a stand-in for the extension', () => {
    const args = ['--test', '--test-reporter=tap', 'products.test.mjs'];
    const { status, stdout } = spawnSync(process.execPath, args, { cwd: examples, encoding: 'utf8' });

    expect(stdout).toContain('# pass 3');
    expect(status).toBe(0);
  });

  (hasPython ? it : it.skip)('pass in Python 3.10 or later, with a stand-in for the extension', () => {
    const { status, stderr } = spawnSync('python3', ['-B', 'test_products.py'], {
      cwd: examples,
      encoding: 'utf8',
    });

    expect(stderr).toMatch(/^Ran 3 tests in .*\n\nOK$/m);
    expect(status).toBe(0);
  });
});

describe('the cache on this machine, as compose.yaml starts it', () => {
  const { cache } = services;
  let dynamodb: DynamoDbServer;
  let http: HttpClient;
  let sdk: DynamoDBClient;
  let stop: () => Promise<unknown>;
  let port: number;

  beforeAll(async () => {
    dynamodb = await startDynalite();
    await dynamodb.createTable({
      table: 'Products',
      hashKey: { name: 'pKey', type: 'S' },
      sortKey: { name: 'sKey', type: 'S' },
    });
    const [program = '', ...args] = cache.command.split(' ');
    const env = { ...cache.environment, CACHE_EXTENSION_DYNAMODB_ENDPOINT: dynamodb.endpoint };
    const child = spawn(program === 'node' ? process.execPath : program, [...args, '--port', '0'], {
      cwd: root,
      env,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    stop = () => {
      child.kill();
      return once(child, 'exit');
    };
    port = Number(/localhost:(\d+)/.exec(await firstLine(child.stderr))?.[1]);
    http = new HttpClient(port);
    sdk = new DynamoDBClient({
      endpoint: `http://127.0.0.1:${port}`,
      region: cache.environment.AWS_REGION ?? '',
      credentials: { accessKeyId: cache.environment.AWS_ACCESS_KEY_ID ?? '', secretAccessKey: 'any' },
    });
  });

  afterAll(async () => {
    http.close();
    sdk.destroy();
    await stop();
    await dynamodb.close();
  });

  it('serves writes of an SDK, and items by HTTP', async () => {
    const Item = { pKey: { S: 'p1' }, sKey: { S: 's1' }, price: { N: '12.5' } };
    await sdk.send(new PutItemCommand({ TableName: 'Products', Item }));

    expect(await http.request('GET', itemPath('Products', 'p1', 's1'))).toMatchObject({
      status: 200,
      body: '{"pKey":"p1","price":12.5,"sKey":"s1"}',
    });
  });

  (hasPython ? it : it.skip)(
    'shows its answers to the diagnosis in Python of docs/troubleshooting.md',
    async () => {
      await dynamodb.put('Products', { pKey: { S: 'p3' }, sKey: { S: 's1' }, price: { N: '1' } });
      const [diagnosis] = snippetsOf('docs/troubleshooting.md').filter(
        ({ language }) => language === 'python',
      );
      const diagnose = async (...key: readonly string[]) => {
        const script = `${diagnosis?.code}\nimport sys\nprint(json.dumps(diagnose(*sys.argv[1:])))`;
        const env = { PATH: process.env.PATH, CACHE_EXTENSION_PORT: String(port) };
        const { stdout } = await promisify(execFile)('python3', ['-c', script, ...key], { env });
        return JSON.parse(stdout);
      };

      expect(await diagnose('Products', 'p3', 's1')).toMatchObject({
        reads: [
          [200, expect.stringMatching(/^dynamodb-cache; fwd=uri-miss; /), '0'],
          [200, expect.stringMatching(/^dynamodb-cache; hit; /), '0'],
        ],
        error: null,
        health: { counts: { hits: expect.any(Number) } },
      });
      expect(await diagnose('Others', 'p3')).toMatchObject({
        reads: [
          [403, null, null],
          [403, null, null],
        ],
        error: expect.stringContaining('table_not_configured'),
      });
    },
  );

  (hasBoto3 ? it : it.skip)('creates the table as docs/local-development.md does with boto3', async () => {
    const [create] = snippetsOf('docs/local-development.md').filter(({ language }) => language === 'python');
    const { AWS_ENDPOINT_URL_DYNAMODB, ...env } = services.function.environment;
    const endpoint = AWS_ENDPOINT_URL_DYNAMODB?.replace('4000', String(port)) ?? '';
    await promisify(execFile)('python3', ['-c', create?.code.replace('Products', 'Fresh') ?? ''], {
      env: { PATH: process.env.PATH, ...env, AWS_ENDPOINT_URL_DYNAMODB: endpoint },
    });
    const { Table } = await sdk.send(new DescribeTableCommand({ TableName: 'Fresh' }));

    expect(Table?.KeySchema?.map(({ AttributeName }) => AttributeName)).toEqual(['pKey', 'sKey']);
  });

  it('sees a write that bypasses it after the table is invalidated', async () => {
    const path = itemPath('Products', 'p2', 's1');
    await dynamodb.put('Products', { pKey: { S: 'p2' }, sKey: { S: 's1' }, price: { N: '1' } });
    await http.request('GET', path);
    await dynamodb.put('Products', { pKey: { S: 'p2' }, sKey: { S: 's1' }, price: { N: '2' } });

    expect(await http.request('GET', path)).toMatchObject({ body: expect.stringContaining('"price":1') });
    expect(await http.request('DELETE', '/dynamodb?table=Products')).toMatchObject({ status: 204 });
    expect(await http.request('GET', path)).toMatchObject({ body: expect.stringContaining('"price":2') });
  });
});

const firstLine = async (stream: NodeJS.ReadableStream): Promise<string> => {
  let text = '';
  for await (const piece of stream) {
    text += String(piece);
    if (text.includes('\n')) break;
  }
  return text;
};

describe('compose.yaml', () => {
  it('names files that a build makes, and settings that the extension accepts', () => {
    const files = services.cache.command.split(' ').filter((word) => word.includes('/'));

    expect(files).toEqual([CLI, 'examples/local/cache.yaml']);
    expect(files.filter((file) => !existsSync(join(root, file)))).toEqual([]);
    expect(readEnvironment(services.cache.environment).problems).toEqual([]);
  });

  it('lets the function share the loopback interface of the cache', () => {
    expect(services.function).toMatchObject({
      network_mode: 'service:cache',
      environment: { AWS_ENDPOINT_URL_DYNAMODB: 'http://127.0.0.1:4000' },
    });
  });

  it('gives SDKs of the function, boto3 included, the region and the credentials of the cache', () => {
    const { AWS_REGION, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY } = services.cache.environment;

    expect(AWS_REGION).not.toBeUndefined();
    expect(services.function.environment).toMatchObject({
      AWS_REGION,
      AWS_DEFAULT_REGION: AWS_REGION,
      AWS_ACCESS_KEY_ID,
      AWS_SECRET_ACCESS_KEY,
    });
  });
});

const step = v.object({
  run: v.optional(v.string()),
  env: v.optional(v.record(v.string(), v.string()), {}),
});
const workflow = v.object({
  jobs: v.object({
    check: v.object({ env: v.optional(v.record(v.string(), v.string()), {}), steps: v.array(step) }),
  }),
});
const COMMAND = /(npx --no dynamodb-cache-extension|node cache-extension\/dist\/lib\/bootstrap\/cli\.js) /;

/** The steps that run a command of the package, with this checkout in place of it. */
const stepsOf = (file: string) => {
  const { env, steps } = v.parse(workflow, parse(read(file))).jobs.check;
  return steps.flatMap(({ run = '', env: ofStep }) =>
    COMMAND.test(run)
      ? [{ run: run.replace(COMMAND, `node ${join(root, CLI)} `), env: { ...env, ...ofStep } }]
      : [],
  );
};

describe.each(['workflow.yml', 'workflow-python.yml'])('the commands of %s', (file) => {
  const folder = mkdtempSync(join(tmpdir(), 'workflow-'));
  const statusOf = (command: string) => spawnSync('bash', ['-c', command], { cwd: folder }).status;

  beforeAll(() => {
    writeFileSync(join(folder, 'cache.yaml'), read('cache.yaml'));
  });

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('succeed while the policy is up to date, and fail when it is not', () => {
    const [validate = '', compare = ''] = stepsOf(file).map(({ run }) => run);
    expect([validate, compare]).toEqual([
      expect.stringContaining('cli.js validate'),
      expect.stringContaining('cli.js policy'),
    ]);

    expect(
      statusOf(
        `node ${join(root, CLI)} policy cache.yaml --region eu-west-1 --account 111122223333 > policy.json`,
      ),
    ).toBe(0);
    expect([statusOf(validate), statusOf(compare)]).toEqual([0, 0]);

    writeFileSync(join(folder, 'cache.yaml'), `${read('cache.yaml')}    preload: none\n`);
    expect([statusOf(validate), statusOf(compare)]).toEqual([0, 1]);

    writeFileSync(join(folder, 'cache.yaml'), 'dynamodb: []\n');
    expect(statusOf(validate)).toBe(1);
  });
});

const hasCurl = spawnSync('curl', ['--version']).status === 0;

(hasCurl ? it : it.skip)('workflow-python.yml starts the extension, and waits until it answers', async () => {
  const { run = '', env = {} } = stepsOf('workflow-python.yml').at(-1) ?? {};
  const port = await freePort();
  const here = run.replace('cache.yaml', join(examples, 'cache.yaml')).replace(':4000', `:${port}`);
  const { status, stdout } = spawnSync('bash', ['-c', `${here}\nkill $!`], {
    env: { PATH: process.env.PATH, ...env, CACHE_EXTENSION_PORT: String(port) },
    encoding: 'utf8',
  });

  expect(here).toContain(' start ');
  expect(stdout).toContain('"status"');
  expect(status).toBe(0);
});
