import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { afterEach, describe, expect, it } from '@jest/globals';
import { startAwsEmulator } from '../../tools/aws-emulator/index.ts';
import { type ProcessExit, ProcessGroup } from '../../tools/lambda-emulator/index.ts';
import { startDynalite } from '../support/dynamodb/dynalite.ts';
import type { DynamoDbServer } from '../support/dynamodb/dynamodb-server.ts';
import { writeCacheYaml } from '../support/e2e/cache-yaml-file.ts';
import { HttpClient } from '../support/e2e/http-client.ts';
import { freePort } from '../support/free-port.ts';

const DEMO = fileURLToPath(new URL('../../dist/demo/demo.mjs', import.meta.url));

/** The built demo, and what it prints. */
class Demo {
  readonly lines: string[] = [];
  readonly exited: Promise<ProcessExit>;
  readonly #group: ProcessGroup;
  readonly #watchers = new Set<() => void>();
  #hasEnded = false;

  constructor(args: readonly string[], env: Readonly<Record<string, string>>) {
    if (!existsSync(DEMO)) throw new Error(`${DEMO} is not there: build it with npm run build`);
    let exited: (exit: ProcessExit) => void = () => undefined;
    this.exited = new Promise((resolve) => {
      exited = resolve;
    });
    this.#group = new ProcessGroup(
      'demo',
      { command: [process.execPath, DEMO, ...args], cwd: tmpdir() },
      env,
      {
        line: (_, line) => {
          this.lines.push(line);
          this.#look();
        },
        exited,
        launchFailed: () => undefined,
      },
    );
    void this.#group.drained.then(() => {
      this.#hasEnded = true;
      this.#look();
    });
  }

  get text(): string {
    return this.lines.join('\n');
  }

  /** Resolves when it has printed the text, or cannot any more. */
  prints(part: string): Promise<void> {
    return new Promise((resolve) => {
      const watcher = () => {
        if (this.#hasEnded || this.text.includes(part)) resolve();
      };
      this.#watchers.add(watcher);
      watcher();
    });
  }

  /** Resolves with its exit status when it has ended and everything it wrote has been read. */
  async ends(): Promise<number | null> {
    const { code } = await this.exited;
    await this.#group.drained;
    return code;
  }

  interrupt(): void {
    this.#group.signal('SIGINT');
  }

  async close(): Promise<void> {
    this.interrupt();
    await this.#group.drained;
  }

  #look(): void {
    for (const watcher of this.#watchers) watcher();
  }
}

const CHAPTERS = [
  '1. Cold start',
  '2. Preload',
  '3. Hits',
  '4. Misses',
  '5. Changes that bypass the cache',
  '6. The endpoint for SDKs',
  "7. The port of AWS's Parameters and Secrets extension",
  '8. Concurrent misses',
  '9. DynamoDB outage',
  '10. DynamoDB recovers',
  '11. Shutdown',
];

/** What it has told: the chapters, what went otherwise than told, the end, and whether there are colours. */
const toldIn = ({ lines, text }: Demo) => ({
  chapters: lines.filter((line) => /^\d+\. /.test(line)),
  failed: lines.filter((line) => line.startsWith(' ✗')),
  isDone: lines.includes('   All steps gave the expected results.'),
  isColoured: text.includes('\x1b'),
});
const AS_TOLD = { chapters: CHAPTERS, failed: [], isDone: true, isColoured: false };

type Line = readonly [method: string, target: string, headers: Readonly<Record<string, string>>];

/** The requests of the lines of a text that call curl. */
const curlLinesOf = (text: string): readonly Line[] =>
  [...text.matchAll(/curl ([^\n]*?)'(?:http:\/\/localhost:4000|\$\{base\})(\/[^']*)'/g)].map(
    ([, options = '', target = '']) => [
      options.includes('-X DELETE') ? 'DELETE' : 'GET',
      target,
      options.includes('no-cache') ? { 'Cache-Control': 'no-cache' } : {},
    ],
  );
const README_LINES = curlLinesOf(readFileSync(new URL('../../README.md', import.meta.url), 'utf8'));
const INVITATION_LINES = curlLinesOf(
  readFileSync(new URL('../../demo/story/invitation.ts', import.meta.url), 'utf8'),
);

/** False, after other events have had their turn. */
const nextTurn = () => new Promise<false>((resolve) => setImmediate(resolve, false));

/** What the test has opened, and how to close it. */
const opened: (() => unknown)[] = [];

afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close();
});

const startDemo = (args: readonly string[], env: Readonly<Record<string, string>>): Demo => {
  const demo = new Demo(args, env);
  opened.push(() => demo.close());
  return demo;
};

const startDynamoDb = async (): Promise<DynamoDbServer> => {
  const server = await startDynalite();
  opened.push(() => server.close());
  return server;
};

const clientOf = (port: number): HttpClient => {
  const client = new HttpClient(port);
  opened.push(() => client.close());
  return client;
};

const cacheYaml = async (...lines: string[]): Promise<string> => {
  const file = await writeCacheYaml(lines.join('\n'));
  opened.push(() => file.remove());
  return file.path;
};

describe('the story', () => {
  it('ends by itself with exit status 0 if told once', async () => {
    const demo = startDemo(['--once'], { CACHE_EXTENSION_PORT: '0' });

    expect(await demo.ends()).toBe(0);
    expect(toldIn(demo)).toEqual(AS_TOLD);
  });

  it('leaves no process behind when the reader of its output goes away', async () => {
    const port = await freePort();
    const pipeline = spawn('sh', ['-c', '"$0" "$1" --once | head -n 1', process.execPath, DEMO], {
      cwd: tmpdir(),
      env: { ...process.env, CACHE_EXTENSION_PORT: String(port) },
      stdio: 'ignore',
    });
    await once(pipeline, 'close');

    await expect(fetch(`http://127.0.0.1:${port}/health`)).rejects.toThrow();
  }, 60_000);

  it('goes as told, and leaves everything up for curl after it, until Ctrl-C', async () => {
    const port = await freePort();
    const url = `http://localhost:${port}/dynamodb?name=Products@@p1@@s1`;
    const http = clientOf(port);
    const demo = startDemo([], { CACHE_EXTENSION_PORT: String(port) });
    await demo.prints('The embedded DynamoDB');

    expect(demo.lines).toContain(`   curl '${url}'`);
    expect(await http.request('GET', '/dynamodb?name=Products@@p1@@s1')).toMatchObject({
      status: 200,
      body: '{"name":"Cup 1.1","pKey":"p1","price":4.5,"sKey":"s1"}',
    });
    // Node.js warns of listeners that are never removed, on stderr.
    expect(demo.text).not.toContain('Warning');

    demo.interrupt();

    expect(await demo.ends()).toBe(0);
    expect(toldIn(demo)).toEqual(AS_TOLD);
    await expect(http.request('GET', '/health')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  it('points an AWS SDK at itself with the variables that it prints, and answers its reads of orders from the cache', async () => {
    const demo = startDemo([], { CACHE_EXTENSION_PORT: '0' });
    await demo.prints('The embedded DynamoDB');
    const line = demo.lines.find((each) => each.startsWith('   export ')) ?? '';
    const env: Readonly<Record<string, string | undefined>> = Object.fromEntries(
      [...line.matchAll(/(\w+)=(\S+)/g)].map(([, name, value]) => [name, value]),
    );
    const {
      AWS_ACCESS_KEY_ID: accessKeyId = '',
      AWS_SECRET_ACCESS_KEY: secretAccessKey = '',
      AWS_SESSION_TOKEN: sessionToken = '',
      AWS_DEFAULT_REGION: region = '',
      AWS_ENDPOINT_URL_DYNAMODB: endpoint = '',
    } = env;
    const credentials = { accessKeyId, secretAccessKey, sessionToken };
    const client = new DynamoDBClient({ region, endpoint, credentials });
    opened.push(() => client.destroy());
    const http = clientOf(Number(new URL(endpoint).port));
    const hits = async () => JSON.parse((await http.request('GET', '/health')).body).counts.hits;
    const read = () =>
      client.send(new GetItemCommand({ TableName: 'Orders', Key: { orderNumber: { N: '1003' } } }));

    expect((await read()).Item).toMatchObject({ orderNumber: { N: '1003' } });
    const before = await hits();
    await read();

    expect(await hits()).toBe(before + 1);
    expect(env.AWS_REGION).toBe(region);
  });

  it('goes as told while readers send the curl lines of the README and of the story again and again', async () => {
    const port = await freePort();
    const demo = startDemo(['--once'], { CACHE_EXTENSION_PORT: String(port) });
    const over = demo.exited.then(() => true);
    const readers = [README_LINES, README_LINES, INVITATION_LINES].map(async (lines) => {
      const http = clientOf(port);
      let answered = 0;
      for (let line = 0; !(await Promise.race([over, nextTurn()])); line += 1) {
        const [method, target, headers] = lines[line % lines.length] ?? ['GET', '/health', {}];
        const answer = await http.request(method, target, { headers }).catch(() => undefined);
        if (answer !== undefined) answered += 1;
      }
      return answered;
    });

    expect(await demo.ends()).toBe(0);
    expect(toldIn(demo)).toEqual(AS_TOLD);
    for (const answered of await Promise.all(readers)) expect(answered).toBeGreaterThan(100);
  }, 60_000);

  it('breaks off with exit status 130 when it is interrupted', async () => {
    const demo = startDemo([], { CACHE_EXTENSION_PORT: '0' });
    await demo.prints('3. Hits');

    demo.interrupt();

    expect(await demo.ends()).toBe(130);
    expect(demo.text).not.toContain('8. Concurrent misses');
    expect(demo.text).toContain('exit status 0');
  });

  it('says what to do if the port is taken', async () => {
    const other = await startDynamoDb();
    const { port } = new URL(other.endpoint);
    const demo = startDemo(['--once'], { CACHE_EXTENSION_PORT: port });

    expect(await demo.ends()).toBe(1);
    expect(demo.text).toContain(`Another program uses port ${port}.`);
    expect(demo.text).toContain(`CACHE_EXTENSION_PORT=${Number(port) + 1} npm start`);
  });
});

describe('the fleet', () => {
  it('shows old prices with ttl and none with invocation, and ends with exit status 0 if told once', async () => {
    const demo = startDemo(['--fleet', '--once'], {});

    expect(await demo.ends()).toBe(0);
    const { chapters, failed, isDone } = toldIn(demo);
    expect({ chapters, failed, isDone }).toEqual({
      chapters: ['1. Start', '2. Environment 1 writes', '3. Result'],
      failed: [],
      isDone: true,
    });
    expect(demo.text).toMatch(/ttl +[1-9]\d* of 24 reads showed an old price, for up to \d+\.\d s/);
    expect(demo.text).toMatch(/invocation +0 of 24 reads showed an old price$/m);
    expect(demo.text).toMatch(/ttl +1: 2 +2: 1 \(old for \d+\.\d s\)/);
  }, 60_000);

  it('goes on until Ctrl-C', async () => {
    const demo = startDemo(['--fleet'], {});
    await demo.prints('PutItem: price 3');

    demo.interrupt();

    expect(await demo.ends()).toBe(0);
    expect(toldIn(demo)).toMatchObject({ failed: [], isDone: true });
  }, 60_000);
});

describe('a cache.yaml of the user', () => {
  it('is served from the tables it names, and tells how to ask for them', async () => {
    const dynamoDb = await startDynamoDb();
    await dynamoDb.createTable({
      table: 'Books',
      hashKey: { name: 'isbn', type: 'S' },
      sortKey: { name: 'edition', type: 'N' },
    });
    await dynamoDb.put('Books', { isbn: { S: '123' }, edition: { N: '2' } });
    const path = await cacheYaml(
      'dynamodb:',
      '  - { table: Books, hashKey: isbn, sortKey: edition, sortKeyType: N, ttl: 5m }',
      '  - { table: Elsewhere, name: Far, hashKey: id, hashKeyType: B, region: us-west-2 }',
    );
    const port = await freePort();
    const http = clientOf(port);
    const demo = startDemo([path], {
      AWS_ACCESS_KEY_ID: 'sample',
      AWS_SECRET_ACCESS_KEY: 'sample',
      AWS_REGION: 'eu-west-1',
      AWS_LAMBDA_RUNTIME_API: '127.0.0.1:1',
      CACHE_EXTENSION_DYNAMODB_ENDPOINT: dynamoDb.endpoint,
      CACHE_EXTENSION_PORT: String(port),
    });
    await demo.prints('Press Ctrl-C to stop.');

    expect(demo.lines).toEqual(
      expect.arrayContaining([
        `Listening on http://localhost:${port}`,
        '   Books, by isbn and edition (a number), fresh for 300 s',
        '   Far (the table Elsewhere) in us-west-2, by id (bytes in base64), fresh for 3600 s',
        `   curl -i 'http://localhost:${port}/dynamodb?name=Books@@<isbn>@@<edition>'`,
        `   curl -i 'http://localhost:${port}/dynamodb?name=Far@@<id>'`,
      ]),
    );
    expect(await http.request('GET', '/dynamodb?name=Books@@123@@2')).toMatchObject({
      status: 200,
      body: '{"edition":2,"isbn":"123"}',
    });

    demo.interrupt();

    expect(await demo.ends()).toBe(0);
  });

  const KEYS = { AWS_ACCESS_KEY_ID: 'sample', AWS_SECRET_ACCESS_KEY: 'sample' };
  const VALUES = [
    'parameters:',
    '  - { names: [/shop/host, /shop/port] }',
    '  - { path: /shop/prod }',
    'secrets:',
    '  - { id: prod/db+1 }',
    'appConfig:',
    '  - { application: shop, environment: prod, profile: new flags }',
  ];

  it('may list only parameters, secrets and configurations, and tells how to ask for them on any free port', async () => {
    const aws = await startAwsEmulator({
      credentials: { accessKeyId: 'sample', secretAccessKey: 'sample' },
      region: 'eu-west-1',
    });
    opened.push(() => aws.close());
    aws.parameters.put('/shop/host', { value: 'shop.example' });
    const demo = startDemo([await cacheYaml(...VALUES)], {
      ...KEYS,
      AWS_REGION: 'eu-west-1',
      CACHE_EXTENSION_SSM_ENDPOINT: aws.url,
      CACHE_EXTENSION_PORT: '0',
      CACHE_EXTENSION_TOKEN: 'my-token',
    });
    await demo.prints('Press Ctrl-C to stop.');

    const port = Number(/^Listening on http:\/\/localhost:(\d+)$/m.exec(demo.text)?.[1]);
    const token = '-H "X-Aws-Parameters-Secrets-Token: $CACHE_EXTENSION_TOKEN"';
    const line = (target: string) => `   curl -i ${token} 'http://localhost:${port}${target}'`;
    expect(demo.lines).toEqual(
      expect.arrayContaining([
        '   Parameters /shop/host, /shop/port, /shop/prod/<name>',
        '   Secrets prod/db+1',
        '   Configurations shop/prod/new flags',
        line('/parameters?name=/shop/host'),
        line('/parameters?name=/shop/prod/<name>'),
        line('/secrets?id=prod/db%2B1'),
        line('/applications/shop/environments/prod/configurations/new%20flags'),
        expect.stringMatching(/^ {3}Status page: http:/),
      ]),
    );
    expect(
      await clientOf(port).request('GET', '/parameters?name=/shop/host', {
        headers: { 'X-Aws-Parameters-Secrets-Token': 'my-token' },
      }),
    ).toMatchObject({ status: 200, body: 'shop.example' });

    demo.interrupt();

    expect(await demo.ends()).toBe(0);
  });

  it('tells that parameters need a token if the environment has none', async () => {
    const path = await cacheYaml('parameters: [{ name: /shop/host }]');
    const demo = startDemo([path], { ...KEYS, AWS_REGION: 'eu-west-1', CACHE_EXTENSION_PORT: '0' });
    await demo.prints('Press Ctrl-C to stop.');

    expect(demo.text).toContain(
      'Parameters and secrets need a token: start again with CACHE_EXTENSION_TOKEN',
    );
  });

  it('ends with advice on the port if another program uses it', async () => {
    const { port } = new URL((await startDynamoDb()).endpoint);
    const path = await cacheYaml(...VALUES);
    const demo = startDemo([path], { ...KEYS, AWS_REGION: 'eu-west-1', CACHE_EXTENSION_PORT: port });

    expect(await demo.ends()).toBe(1);
    expect(demo.lines).toEqual([
      `Another program uses port ${port}. Stop that program, or choose another port, for example:`,
      `  CACHE_EXTENSION_PORT=${Number(port) + 1} npm start -- ${path}`,
    ]);
  });

  it.each([
    ['a table', 'dynamodb: [{ table: Books, hashKey: isbn }]', true],
    ['a parameter', 'parameters: [{ name: /shop/host }]', true],
    ['a path of parameters', 'parameters: [{ path: /shop }]', true],
    ['a secret', 'secrets: { items: [{ ids: [prod/db] }] }', true],
    ['a configuration', 'appConfig: [{ application: a, environment: e, profile: p }]', true],
    ['a parameter with a region', 'parameters: [{ name: /shop/host, region: eu-west-1 }]', false],
    ['an ARN', 'parameters: [{ name: "arn:aws:ssm:eu-west-1:111122223333:parameter/shop/host" }]', false],
  ])(
    'is not served without credentials, nor without the region that it needs: %s',
    async (_, yaml, needsRegion) => {
      const demo = startDemo([await cacheYaml(yaml)], {
        CACHE_EXTENSION_PORT: '0',
        HOME: tmpdir(),
        AWS_EC2_METADATA_DISABLED: 'true',
      });

      expect(await demo.ends()).toBe(1);
      expect(demo.lines).toEqual([
        ...(needsRegion ? ['no AWS region is set; set AWS_REGION, such as AWS_REGION=eu-west-1'] : []),
        expect.stringMatching(/^no AWS credentials were found in AWS_ACCESS_KEY_ID/),
      ]);
    },
  );

  it('ends with exit status 1, the line of what is wrong in it, and the command to run again', async () => {
    const path = await cacheYaml('dynamodb:', '  - table: Books', '    hashkeys: isbn');
    const demo = startDemo([path], { CACHE_EXTENSION_PORT: '0' });

    expect(await demo.ends()).toBe(1);
    expect(demo.text).toContain(`${path}:3:`);
    expect(demo.text).toContain('hashkeys');
    expect(demo.lines.at(-1)).toBe(`Next: correct this, then run: npm start -- ${path}`);
  });

  it('may be missing: then the path is said, and the command to run again', async () => {
    const path = join(tmpdir(), 'no such.yaml');
    const demo = startDemo([path], {});

    expect(await demo.ends()).toBe(1);
    expect(demo.lines).toEqual([
      '1 problem with the settings:',
      `CACHE_EXTENSION_CONFIG is "${path}", but no file exists there; allowed: the path of a cache.yaml`,
      `Next: correct this, then run: npm start -- '${path}'`,
    ]);
  });
});

describe('the arguments', () => {
  it('are explained by --help', async () => {
    const demo = startDemo(['--help'], {});

    expect(await demo.ends()).toBe(0);
    expect(demo.text).toContain('npm start -- path/to/cache.yaml');
  });

  it.each([
    [['--twice'], 'Unknown option --twice.'],
    [['one.yaml', 'two.yaml'], 'Only one path of a cache.yaml is allowed.'],
    [['--once', 'one.yaml'], '--once cannot be combined with a cache.yaml'],
    [['--fleet', 'one.yaml'], '--fleet cannot be combined with a cache.yaml'],
  ])('%j are refused in words', async (args, words) => {
    const demo = startDemo(args, {});

    expect(await demo.ends()).toBe(1);
    expect(demo.text).toContain(words);
  });
});
