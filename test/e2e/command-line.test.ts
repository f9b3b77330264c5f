import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { programCommand } from '../../src/adapters/command-line/program-command.ts';
import { startDynalite } from '../support/dynamodb/dynalite.ts';
import type { DynamoDbServer } from '../support/dynamodb/dynamodb-server.ts';
import { CLI, type RunningCli, runCli, startCli } from '../support/e2e/command-line.ts';
import { eventually } from '../support/e2e/eventually.ts';
import type { ExtensionUnderTest } from '../support/e2e/extension-under-test.ts';
import { HttpClient } from '../support/e2e/http-client.ts';
import { itemPath } from '../support/e2e/item-path.ts';
import { startExtension } from '../support/e2e/start-extension.ts';
import { freePort } from '../support/free-port.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

const GOOD = 'dynamodb:\n  - { table: Things, hashKey: id, preload: none }\n';
const WRONG = `dynamodb:
  - table: Things
    hashkey: id
    ttl: soon
  - tabel: Others
    hashKey: id
`;

let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'command-line-'));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

const file = (name: string, text: string | Uint8Array) => writeFileSync(join(folder, name), text);
const run = (args: readonly string[], input?: string) =>
  runCli(args, { cwd: folder, ...(input === undefined ? {} : { input }) });
/** How the command line names itself here. */
const program = () => programCommand(CLI, {}, folder);

describe('validate', () => {
  it('says that a file is right', async () => {
    file('cache.yaml', GOOD);

    expect(await run(['validate', 'cache.yaml'])).toEqual({
      status: 0,
      stdout: `cache.yaml is valid: 1 table (Things)\nNext: ${program()} policy cache.yaml\n`,
      stderr: '',
    });
  });

  it('prints a next command that works in a folder without the package', async () => {
    file('cache.yaml', GOOD);

    const { stdout } = await run(['validate', 'cache.yaml']);
    const [, next = ''] = /^Next: (.*)$/m.exec(stdout) ?? [];
    const { status, stdout: printed } = spawnSync('bash', ['-c', next], { cwd: folder, encoding: 'utf8' });

    expect(next).toMatch(/^node .* policy cache\.yaml$/);
    expect(status).toBe(0);
    expect(JSON.parse(printed)).toMatchObject({ Version: '2012-10-17' });
  });

  it('ends soon with thousands of wrong entries: to compare each with each problem takes minutes', async () => {
    const text = `dynamodb:\n${'  - { tabel: Things, hashKey: id }\n'.repeat(16_000)}`;

    const { status, stderr } = await run(['validate', '-'], text);

    expect(status).toBe(1);
    expect(stderr).toMatch(/did you mean table\?[\s\S]*and \d+ more problems\n/);
  });

  it('notes of a table with fields that SDKs read whole items past the cache', async () => {
    file('cache.yaml', GOOD.replace('hashKey: id', 'hashKey: id, fields: [id, price]'));

    const { status, stderr } = await run(['validate', 'cache.yaml']);

    expect(status).toBe(0);
    expect(stderr).toMatch(
      /^Note: table Things: if an AWS SDK is pointed at the endpoint, .*ProjectionExpression\n$/,
    );
  });

  it.each(['my.yaml', '-'])('says what is wrong with %s, and where', async (path) => {
    file('my.yaml', WRONG);
    const name = path === '-' ? '<stdin>' : path;

    const { status, stdout, stderr } = await run(['validate', path], WRONG);

    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr.split('\n')).toEqual([
      expect.stringMatching(`^${name}:4:10: dynamodb\\[0\\]\\.ttl is "soon"; allowed: .*duration`),
      expect.stringMatching(`^${name}:5:5: dynamodb\\[1\\]\\.tabel is unknown; did you mean table\\?`),
      expect.stringMatching(`^${name}:5:5: dynamodb\\[1\\] has no table, which is required`),
      `Next: correct this, then run: ${program()} validate ${path}`,
      '',
    ]);
  });

  it.each([
    [
      'missing.yaml',
      'missing.yaml: there is no such file; allowed: the path of a cache.yaml, or - for standard input',
    ],
    ['file/cache.yaml', 'file/cache.yaml: there is no such file; allowed: '],
    ['folder', 'folder is not a file; allowed: a YAML file'],
    ['/dev/zero', '/dev/zero is not a file; allowed: a YAML file'],
    ['circle', 'circle cannot be read (ELOOP); allowed: a YAML file that this process may read'],
    ['huge.yaml', 'huge.yaml has 1048577 bytes; allowed: at most 1048576'],
    ['latin.yaml', 'latin.yaml is not UTF-8 text; allowed: YAML in UTF-8'],
    ['empty.yaml', 'empty.yaml:1:1: the file is empty; allowed: a mapping with at least one of dynamodb, '],
  ])('says what %s is', async (path, problem) => {
    file('file', '');
    file('empty.yaml', '');
    file('huge.yaml', '#'.repeat(1_048_577));
    file('latin.yaml', Uint8Array.of(0xe9));
    mkdirSync(join(folder, 'folder'));
    symlinkSync('circle', join(folder, 'circle'));

    const { status, stdout, stderr } = await run(['validate', path]);

    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toContain(problem);
    expect(stderr.split('\n')).toEqual([
      expect.any(String),
      `Next: correct this, then run: ${program()} validate ${path}`,
      '',
    ]);
  });

  it('does not wait for the end of an input that is too long', async () => {
    expect(await run(['validate', '-'], '#'.repeat(5_000_000))).toEqual({
      status: 1,
      stdout: '',
      stderr:
        '<stdin> has too many bytes; allowed: at most 1048576\n' +
        `Next: correct this, then run: ${program()} validate -\n`,
    });
  });
});

describe('policy', () => {
  it('prints what the reference shows', async () => {
    const reference = readFileSync(join(root, 'docs/reference.md'), 'utf8');
    const [, shown = ''] = reference.match(/## Permissions[\s\S]*?```json\n([\s\S]*?)```/) ?? [];
    const place = ['--region', 'eu-west-1', '--account', '123456789012'];

    const { stdout } = await run(['policy', '-', ...place], 'dynamodb: [{ table: Products, hashKey: pKey }]');

    expect(JSON.parse(stdout)).toEqual(JSON.parse(shown));
  });
});

describe('start without a region or credentials', () => {
  const KEYS = { AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' };

  it.each([
    [
      'neither',
      {},
      GOOD,
      [/^no AWS region is set; set AWS_REGION/, /^no AWS credentials were found in AWS_ACCESS_KEY_ID/],
    ],
    ['no region', KEYS, GOOD, [/^no AWS region is set/]],
    ['no region for a parameter', KEYS, 'parameters: [{ name: /shop/host }]', [/^no AWS region is set/]],
    ['no credentials', { AWS_REGION: 'eu-west-1' }, GOOD, [/^no AWS credentials were found/]],
    [
      'half of the credentials',
      { AWS_DEFAULT_REGION: 'eu-west-1', AWS_ACCESS_KEY_ID: 'test' },
      GOOD,
      [/^no AWS credentials were found/],
    ],
    [
      'no credentials where the table has a region',
      {},
      GOOD.replace('hashKey: id', 'hashKey: id, region: eu-west-1'),
      [/^no AWS credentials were found/],
    ],
  ])('ends with status 1 and says what to set: %s', async (_, env, yaml, lines) => {
    file('cache.yaml', yaml);
    const program = startCli(['start'], folder, { HOME: folder, AWS_EC2_METADATA_DISABLED: 'true', ...env });

    expect(await program.ended).toBe(1);
    expect(program.stderr).toEqual(lines.map((line) => expect.stringMatching(line)));
  });
});

describe('the rest of the command line', () => {
  it('prints the version of the package', async () => {
    expect(await run(['--version'])).toEqual({ status: 0, stdout: `${version}\n`, stderr: '' });
  });

  it.each([[['--help']], [['help']]])('prints what there is: %j', async (args) => {
    const { status, stdout, stderr } = await run(args);

    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toMatch(/validate[\s\S]*policy[\s\S]*start/);
  });

  it.each([
    [[], 'no command is given; allowed: validate, policy, start, journal'],
    [['polcy'], 'unknown command polcy; did you mean policy?'],
    [['policy', '--acount', '1'], 'policy has no option --acount; did you mean --account?'],
  ])('refuses %j with status 2', async (args, message) => {
    const { status, stdout, stderr } = await run(args);

    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toContain(message);
  });

  it('needs neither the AWS SDK nor a container to validate and to make a policy', async () => {
    const own = join(folder, 'package');
    cpSync(join(root, 'dist/lib'), join(own, 'dist/lib'), { recursive: true });
    cpSync(join(root, 'package.json'), join(own, 'package.json'));
    mkdirSync(join(own, 'node_modules'));
    for (const name of ['yaml', 'valibot']) {
      symlinkSync(join(root, 'node_modules', name), join(own, 'node_modules', name), 'junction');
    }
    file('cache.yaml', GOOD);
    const env = {
      AWS_REGION: 'eu-west-1',
      AWS_ACCESS_KEY_ID: 'id',
      AWS_SECRET_ACCESS_KEY: 'secret',
      CACHE_EXTENSION_PORT: '0',
    };
    const alone = (command: string) =>
      runCli([command], {
        cwd: folder,
        env,
        command: [process.execPath, join(own, 'dist/lib/bootstrap/cli.js')],
      });

    expect(await alone('validate')).toMatchObject({ status: 0, stderr: '' });
    expect(await alone('policy')).toMatchObject({ status: 0, stderr: '' });
    const { status, stdout } = await alone('start');
    expect(status).toBe(1);
    expect(stdout).toContain('the program could not be loaded');
  });
});

describe('beside a DynamoDB', () => {
  let dynamodb: DynamoDbServer;

  beforeAll(async () => {
    dynamodb = await startDynalite();
    for (const table of ['Things', 'Whole', 'Listed', 'Refreshed']) {
      await dynamodb.createTable({ table, hashKey: { name: 'id', type: 'S' } });
      for (const id of ['one', 'two']) await dynamodb.put(table, { id: { S: id } });
    }
  });

  afterAll(() => dynamodb.close());

  describe('start', () => {
    let running: RunningCli;

    afterEach(async () => {
      running.signal('SIGKILL');
      await running.ended;
    });

    const start = (args: readonly string[], env: Readonly<Record<string, string>> = {}) => {
      running = startCli(['start', ...args], folder, {
        AWS_ACCESS_KEY_ID: 'test',
        AWS_SECRET_ACCESS_KEY: 'test',
        AWS_REGION: 'eu-west-1',
        CACHE_EXTENSION_DYNAMODB_ENDPOINT: dynamodb.endpoint,
        ...env,
      });
    };

    it.each([
      { title: 'the file that is named', name: 'my.yaml', args: ['my.yaml', '--port', '0'], env: {} },
      {
        title: 'the file that the environment names',
        name: 'my.yaml',
        args: ['--port=0'],
        env: { CACHE_EXTENSION_CONFIG: 'my.yaml', CACHE_EXTENSION_PORT: '1' },
      },
      {
        title: 'cache.yaml',
        name: 'cache.yaml',
        args: [],
        env: { CACHE_EXTENSION_PORT: '0', CACHE_EXTENSION_CONFIG: '' },
      },
      {
        title: 'the file, and asks no Lambda',
        name: 'my.yaml',
        args: ['my.yaml'],
        env: { CACHE_EXTENSION_PORT: '0', AWS_LAMBDA_RUNTIME_API: '127.0.0.1:9' },
      },
    ])('serves $title until SIGTERM, says where, and ends with 0', async ({ name, args, env }) => {
      file(name, GOOD);
      start(args, env);

      const [, port] = await running.whenSaid(/^Serving on http:\/\/localhost:(\d+) until Ctrl-C\.$/);
      const http = new HttpClient(Number(port));
      const answer = await http.request('GET', itemPath('Things', 'one'));
      const page = await http.request('GET', '/');
      http.close();

      expect(answer).toMatchObject({ status: 200, body: '{"id":"one"}' });
      expect(page).toMatchObject({ status: 200, body: expect.stringMatching(/^<!doctype html>/) });
      running.signal('SIGTERM');
      expect(await running.ended).toBe(0);
      expect(running.stderr.slice(1)).toEqual([
        `Next, in another terminal: curl http://localhost:${port}/health`,
        `Status page: http://localhost:${port}/`,
      ]);
    });

    it('asks the DynamoDB that AWS_ENDPOINT_URL_DYNAMODB names, as the AWS SDKs do', async () => {
      file('cache.yaml', GOOD);
      start(['--port', '0'], {
        CACHE_EXTENSION_DYNAMODB_ENDPOINT: '',
        AWS_ENDPOINT_URL_DYNAMODB: dynamodb.endpoint,
      });

      const [, port] = await running.whenSaid(/^Serving on http:\/\/localhost:(\d+) until Ctrl-C\.$/);
      const http = new HttpClient(Number(port));
      const answer = await http.request('GET', itemPath('Things', 'one'));
      http.close();

      expect(answer).toMatchObject({ status: 200, body: '{"id":"one"}' });
    });

    it("needs no file to serve the ports of AWS's extensions", async () => {
      const [port, compatible] = [await freePort(), await freePort()];
      start(['--port', String(port)], {
        CACHE_EXTENSION_COMPATIBILITY: 'parameters-and-secrets',
        PARAMETERS_SECRETS_EXTENSION_HTTP_PORT: String(compatible),
      });

      await running.whenSaid(/^Serving on http:\/\/localhost:(\d+) until Ctrl-C\.$/);
      const http = new HttpClient(compatible);
      expect(await http.request('GET', '/ping')).toMatchObject({ status: 200, body: 'healthy' });
      http.close();
    });

    it('needs the file that is named or that exists, with those ports too', async () => {
      const env = { CACHE_EXTENSION_COMPATIBILITY: 'appconfig' };
      start(['none.yaml'], env);
      expect(await running.ended).toBe(1);
      expect(running.stderr.join('\n')).toContain('is "none.yaml", but no file exists there');

      file('cache.yaml', 'dynamodb: []');
      start([], env);
      expect(await running.ended).toBe(1);
      expect(running.stderr.join('\n')).toContain('cache.yaml:1:11: ');
    });

    it('refuses to ask itself, and says what to do', async () => {
      file('cache.yaml', GOOD);
      const port = await freePort();
      start(['--port', String(port)], {
        CACHE_EXTENSION_DYNAMODB_ENDPOINT: '',
        AWS_ENDPOINT_URL: `http://localhost:${port}`,
      });

      expect(await running.ended).toBe(1);
      expect(running.stderr.join('\n')).toMatch(
        /AWS_ENDPOINT_URL is "http:\/\/localhost:\d+", the address of this server itself, .* set CACHE_EXTENSION_DYNAMODB_ENDPOINT/,
      );
    });

    it('says what is wrong with the settings, and ends with 1', async () => {
      file('cache.yaml', 'dynamodb: []');
      start([], { CACHE_EXTENSION_PORT: '0', CACHE_EXTENSION_TTL: 'soon' });

      expect(await running.ended).toBe(1);
      expect(running.stderr).toEqual([
        '2 problems with the settings:',
        expect.stringContaining('CACHE_EXTENSION_TTL is "soon"; allowed: '),
        expect.stringContaining('cache.yaml:1:11: '),
        `Next: correct this, then check the file with: ${program()} validate cache.yaml`,
      ]);
    });
  });

  describe('journal', () => {
    const runJournal = (args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
      runCli(['journal', ...args], {
        cwd: folder,
        env: {
          AWS_ACCESS_KEY_ID: 'test',
          AWS_SECRET_ACCESS_KEY: 'test',
          AWS_REGION: 'eu-west-1',
          CACHE_EXTENSION_DYNAMODB_ENDPOINT: dynamodb.endpoint,
          ...env,
        },
      });
    const right = (stdout: string) => ({ status: 0, stdout, stderr: '' });

    it('creates, verifies and shows the table that the option or the environment names', async () => {
      const named = { CACHE_EXTENSION_JOURNAL_TABLE: 'Announced' };

      expect(await runJournal(['verify'], named)).toEqual({
        status: 1,
        stdout: '',
        stderr:
          'there is no table Announced in this region and account\n' +
          `Next: ${program()} journal create --table Announced\n`,
      });
      expect(await runJournal(['create', '--table', 'Announced'])).toEqual(
        right('the journal table Announced was created\n'),
      );
      expect(await runJournal(['verify'], named)).toEqual(
        right(
          'the journal table Announced exists, and its key is table (S), page (N)\n' +
            'an announcement was made, and a check showed it\n',
        ),
      );
      expect(await runJournal(['show'], named)).toEqual(right('the journal table Announced is empty\n'));
    });

    it.each([
      [{}, 'no table is given; set CACHE_EXTENSION_JOURNAL_TABLE, or use --table\n'],
      [
        { CACHE_EXTENSION_JOURNAL_TABLE: 'Announced', CACHE_EXTENSION_DYNAMODB_ENDPOINT: 'nowhere' },
        'CACHE_EXTENSION_DYNAMODB_ENDPOINT is "nowhere"; allowed: ',
      ],
      [{ CACHE_EXTENSION_JOURNAL_TABLE: 'Announced', AWS_REGION: '' }, 'the region of the call is unknown'],
    ])('says which setting is missing or wrong, and ends with 1: %j', async (env, message) => {
      const { status, stdout, stderr } = await runJournal(['show'], env);

      expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
      expect(stderr).toContain(message);
    });
  });

  describe('policy', () => {
    const CACHE_YAML = `dynamodb:
  - { table: Things, hashKey: id, preload: none, staleWhileRevalidate: 0s, staleIfError: 0s }
  - { table: Whole, hashKey: id, preload: all, staleWhileRevalidate: 0s, staleIfError: 0s }
  - { table: Listed, hashKey: id, keys: [{ hash: one }], staleWhileRevalidate: 0s, staleIfError: 0s }
  - { table: Refreshed, hashKey: id, preload: none, ttl: 3s, staleWhileRevalidate: 1h, staleIfError: 0s }
`;
    let extension: ExtensionUnderTest | undefined;

    afterEach(() => extension?.close());

    const callsSince = (count: number) => {
      const tables = dynamodb.requests
        .slice(count)
        .flatMap(({ operation, body }) => tablesIn(body).map((table) => `dynamodb:${operation} ${table}`));
      return [...new Set(tables)].sort();
    };

    it('allows exactly what the program in Lambda calls', async () => {
      file('cache.yaml', CACHE_YAML);
      const { status, stdout } = await run(['policy', 'cache.yaml']);
      const before = dynamodb.requests.length;

      extension = await startExtension({
        cacheYaml: CACHE_YAML,
        endpoint: dynamodb.endpoint,
        env: { CACHE_EXTENSION_INIT_STARTUP: 'true' },
      });
      const { lambda } = extension;
      // Both items are refreshed in one call if they are read, and an invocation ends, in the last tenth of their ttl.
      const readAll = async () => {
        for (const table of ['Things', 'Whole', 'Listed', 'Refreshed']) {
          for (const id of ['another', 'one', 'two']) await extension?.get(itemPath(table, id));
        }
        await lambda.invoke();
        return callsSince(before);
      };
      const called = await eventually(readAll, (seen) => seen.includes('dynamodb:BatchGetItem Refreshed'));

      expect(status).toBe(0);
      expect(allowedBy(stdout)).toEqual(called);
    });
  });
});

const tablesIn = (body: unknown): readonly string[] => {
  if (typeof body !== 'object' || body === null) return [];
  if ('TableName' in body) return [String(body.TableName)];
  return 'RequestItems' in body ? Object.keys(Object(body.RequestItems)) : [];
};

const allowedBy = (json: string): readonly string[] => {
  const policy: {
    readonly Statement: readonly {
      readonly Action: readonly string[];
      readonly Resource: readonly string[];
    }[];
  } = JSON.parse(json);
  return policy.Statement.flatMap(({ Action, Resource }) =>
    Action.flatMap((action) =>
      Resource.map((arn) => `${action} ${arn.replace('arn:aws:dynamodb:*:*:table/', '')}`),
    ),
  ).sort();
};
