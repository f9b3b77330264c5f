import { readFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { JOURNAL_KEY } from '../../src/adapters/dynamodb/journal/journal-item.ts';
import { startDynalite } from '../support/dynamodb/dynalite.ts';
import type { DynamoDbServer } from '../support/dynamodb/dynamodb-server.ts';
import type { ExtensionUnderTest } from '../support/e2e/extension-under-test.ts';
import { itemPath } from '../support/e2e/item-path.ts';
import { startExtension } from '../support/e2e/start-extension.ts';
import { freePort } from '../support/free-port.ts';
import { type Script, ScriptedValkey } from '../support/valkey/scripted-valkey.ts';

const CACHE_YAML = `
dynamodb:
  - { table: Things, hashKey: id, ttl: 1h, coherence: invocation }
`;
const NULL = '$-1\r\n';
/** Commands that are answered with nonsense before a case is over. */
const COMMANDS = 3;
/** More than the program grows by when it serves, and far less than what is announced to it. */
const MAX_GROWTH_KIB = 96 * 1024;

const bulk = (text: string) => `$${Buffer.byteLength(text)}\r\n${text}\r\n`;
const array = (...values: readonly string[]) => `*${values.length}\r\n${values.join('')}`;
const node = (host: string, port: number | string) => array(bulk(host), `:${port}\r\n`, bulk('id'));
const range = (from: number | string, to: number | string, ...nodes: readonly string[]) =>
  array(`:${from}\r\n`, `:${to}\r\n`, ...nodes);

/** Writes without end, until the other side closes the connection. */
const flood = (socket: Socket, chunk: string): void => {
  if (!socket.writable) return;
  if (socket.write(chunk)) setImmediate(() => flood(socket, chunk));
  else socket.once('drain', () => flood(socket, chunk));
};

let dynamodb: DynamoDbServer;
let closedPort: number;
let items = 0;

beforeAll(async () => {
  dynamodb = await startDynalite();
  await dynamodb.createTable({ table: 'Things', hashKey: { name: 'id', type: 'S' } });
  await dynamodb.createTable({
    table: 'Journal',
    hashKey: { name: JOURNAL_KEY.scope, type: 'S' },
    sortKey: { name: JOURNAL_KEY.page, type: 'N' },
  });
  closedPort = await freePort();
});

afterAll(() => dynamodb.close());

/** The program with a server as its second tier. Both serve all cases. */
class Hostile {
  readonly extension: ExtensionUnderTest;
  readonly server: ScriptedValkey;
  readonly #pid: number;
  readonly #sound: Script;
  readonly #grownFrom: number;

  private constructor(extension: ExtensionUnderTest, server: ScriptedValkey, pid: number, sound: Script) {
    this.extension = extension;
    this.server = server;
    this.#pid = pid;
    this.#sound = sound;
    this.#grownFrom = this.#residentKib();
  }

  static async start(query: string, soundAt: (port: number) => Script): Promise<Hostile> {
    const server = await ScriptedValkey.start(() => NULL);
    const sound = soundAt(server.port);
    server.follow(sound);
    const extension = await startExtension({
      cacheYaml: CACHE_YAML,
      endpoint: dynamodb.endpoint,
      env: {
        CACHE_EXTENSION_JOURNAL_TABLE: 'Journal',
        CACHE_EXTENSION_TIER_URL: `redis://127.0.0.1:${server.port}${query}`,
      },
    });
    await extension.lambda.invoke();
    const { pid } = await extension.lambda.when('extension-started');
    const hostile = new Hostile(extension, server, Number(pid), sound);
    await hostile.#readUntil(async () => (await hostile.#misses()) > 0);
    return hostile;
  }

  /** Reads while the server follows the script, and then until the tier is of use again. */
  async follow(script: Script): Promise<void> {
    const { server } = this;
    // The one before may be about to end.
    await this.extension.lambda.invoke();
    server.follow(script);
    await this.#readUntil(async () => server.commands >= COMMANDS);
    server.follow(this.#sound);
    const misses = await this.#misses();
    await this.#readUntil(async () => (await this.#misses()) > misses + 1);
  }

  /** What is wrong with how the program got through all that. */
  flaws(cases: number): readonly string[] {
    const warnings = this.extension.log.filter(({ message }) => message.startsWith('the second tier'));
    const others = this.extension.lambda.output.filter((line) => !line.includes('the second tier'));
    const grownKib = this.#residentKib() - this.#grownFrom;
    return [
      ...others,
      // The tier breaks and recovers, once in each case; a slow machine adds some.
      ...(warnings.length > 4 * cases ? [`${warnings.length} warnings in ${cases} cases`] : []),
      ...(grownKib > MAX_GROWTH_KIB ? [`the memory grew by ${grownKib} KiB`] : []),
    ];
  }

  async close(): Promise<void> {
    await this.extension.close();
    await this.server.close();
  }

  async #readUntil(isOver: () => Promise<boolean>): Promise<void> {
    const startedAt = performance.now();
    do {
      if (performance.now() - startedAt > 20_000) throw new Error('not within 20 s');
      items += 1;
      const id = `item-${items}`;
      await dynamodb.put('Things', { id: { S: id }, version: { N: String(items) } });
      const { status, body } = await this.extension.get(itemPath('Things', id));
      expect({ status, body: JSON.parse(body) }).toEqual({ status: 200, body: { id, version: items } });
    } while (!(await isOver()));
  }

  async #misses(): Promise<number> {
    const { body } = await this.extension.get('/metrics');
    return Number(/^dynamodb_cache_tier_misses_total (\d+)$/m.exec(body)?.[1]);
  }

  /** The most memory that the process has had. */
  #residentKib(): number {
    const status = readFileSync(`/proc/${this.#pid}/status`, 'utf8');
    return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]);
  }
}

const replying =
  (text: string): Script =>
  () =>
    text;

const REPLIES: readonly (readonly [string, Script])[] = [
  ['a length below zero', replying('$-5\r\n')],
  ['an array of a length below zero', replying('*-7\r\n')],
  ['an array that no memory could hold', replying('*5000000000\r\n')],
  ['arrays that are announced and nested', replying('*30000000\r\n'.repeat(20))],
  ['arrays nested ten thousand times', replying('*1\r\n'.repeat(10_000))],
  [
    'wide arrays in wide arrays',
    replying('*16000\r\n'.repeat(4) + `*16000\r\n${NULL.repeat(15_999)}`.repeat(40)),
  ],
  [
    'a long string that is announced and sent',
    (_, socket) => {
      socket.write('$1000000000\r\n');
      flood(socket, 'x'.repeat(65_536));
      return '';
    },
  ],
  [
    'a line without an end',
    (_, socket) => {
      socket.write('+');
      flood(socket, 'x'.repeat(65_536));
      return '';
    },
  ],
  [
    'an answer, and then nulls without end that nobody asked for',
    (_, socket) => {
      socket.write(NULL);
      flood(socket, NULL.repeat(5_000));
      return '';
    },
  ],
  ['an answer, and errors that nobody asked for', replying(NULL + '-ERR no\r\n'.repeat(1_000))],
  ['a line that ends in a line feed', replying('+OK\n')],
  ['a line with a carriage return in it', replying('$2\rx\r\nabc\r\n')],
  ['a letter in a length', replying('$1x\r\nabc\r\n')],
  ['no end of the answer', replying('$-1')],
  ['an array', replying(array(NULL, NULL))],
  ['errors in an array', replying(array('-ERR one\r\n', '-MOVED 1 x\r\n'))],
  ['a number', replying(':12\r\n')],
  ['a status', replying('+OK\r\n')],
  ['a push message of RESP 3', replying('>2\r\n+invalidate\r\n*1\r\n+key\r\n')],
  ['a null of RESP 3', replying('_\r\n')],
  ['a map of RESP 3', replying('%1\r\n+a\r\n:1\r\n')],
  ['a long error of RESP 3', replying('!21\r\nSYNTAX invalid syntax\r\n')],
  ['an answer in HTTP', replying('HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n')],
  ['bytes of TLS', replying('\x15\x03\x01\x00\x02\x02\x0a')],
  ['an error with another name', replying('-\r\n')],
  ['the error of a closed connection', replying('-Connection is closed.\r\n')],
  [
    'an answer, and the end of the connection',
    (_, socket) => {
      socket.end(NULL);
      return '';
    },
  ],
];

describe('a second tier that answers', () => {
  let hostile: Hostile;

  beforeAll(async () => {
    hostile = await Hostile.start('', () => replying(NULL));
  });

  afterAll(() => hostile.close());

  it.each(REPLIES)('%s is like an empty one', (_, script) => hostile.follow(script));

  it('has not ended the program, nor made it grow or log more than it should', () => {
    expect(hostile.flaws(REPLIES.length)).toEqual([]);
  });
});

describe('a second tier in cluster mode that answers', () => {
  let hostile: Hostile;
  let port: number;
  let cases = 0;

  const soundAt = (at: number): Script => {
    const slots = array(range(0, 16_383, node('127.0.0.1', at)));
    return ([name = '']) => (name.toLowerCase() === 'cluster' ? slots : NULL);
  };

  beforeAll(async () => {
    hostile = await Hostile.start('?cluster=true', soundAt);
    port = hostile.server.port;
  });

  afterAll(() => hostile.close());

  const slots = (text: string | (() => string)): Script => {
    return ([name = '']) => {
      if (name.toLowerCase() === 'cluster') return typeof text === 'string' ? text : text();
      // So that the slots are asked for again.
      return '-CLUSTERDOWN down\r\n';
    };
  };
  const here = () => node('127.0.0.1', port);

  it.each<readonly [string, () => string]>([
    ['null', () => NULL],
    ['a null array', () => '*-1\r\n'],
    ['an error', () => '-ERR unknown command\r\n'],
    ['a status', () => '+OK\r\n'],
    ['no range', () => '*0\r\n'],
    ['nulls for ranges', () => array('*-1\r\n', NULL)],
    ['nulls for nodes', () => array(range(0, 16_383, '*-1\r\n', NULL))],
    ['nested nulls', () => array(array('*-1\r\n', array('*-1\r\n'), array(array('*-1\r\n'))))],
    ['a range without nodes', () => array(range(0, 16_383))],
    ['a node without a port', () => array(range(0, 16_383, array(bulk('127.0.0.1'))))],
    ['a host that is null', () => array(range(0, 16_383, array(NULL, `:${port}\r\n`)))],
    ['a range without an end', () => array(range(0, '9007199254740991', here()))],
    ['a range below zero', () => array(range('-9007199254740991', 5, here()))],
    ['a range that ends before it begins', () => array(range(5, 4, here()))],
    ['strings for numbers', () => array(array(bulk('0'), bulk('16383'), here()))],
    ['a string for a port', () => array(range(0, 16_383, array(bulk('127.0.0.1'), bulk('6379'))))],
    ['a port that is none', () => array(range(0, 16_383, node('127.0.0.1', 99_999)))],
    ['a number for a host', () => array(range(0, 16_383, array(':7\r\n', `:${port}\r\n`)))],
    [
      'a hundred thousand ranges',
      () => array(...Array.from({ length: 100_000 }, (_, n) => range(n, n, here()))),
    ],
    ['all slots, ten thousand times', () => array(...Array(10_000).fill(range(0, 16_383, here())))],
    [
      'twenty thousand nodes',
      () => array(range(0, 16_383, ...Array.from({ length: 20_000 }, (_, n) => node(`host-${n}`, 6379)))),
    ],
    ['errors for ranges', () => array('-ERR one\r\n', '-MOVED 1 127.0.0.1:1\r\n')],
    ['a closed port', () => array(range(0, 16_383, node('127.0.0.1', closedPort)))],
    ['a host that does not resolve', () => array(range(0, 16_383, node('no-such-host.invalid', 6379)))],
    ['a host that is no name', () => array(range(0, 16_383, node(`\u0000 ${'x'.repeat(3_000)}`, 6379)))],
  ])('%s for its slots is like an empty one', async (_, text) => {
    cases += 1;
    await hostile.follow(slots(text));
  });

  let redirections = 0;
  it.each<readonly [string, () => string]>([
    ['MOVED alone', () => 'MOVED'],
    ['MOVED without a place', () => 'MOVED 3999'],
    ['MOVED to a place without a port', () => 'MOVED 3999 nowhere'],
    ['MOVED with a slot that is none', () => `MOVED 99999999 127.0.0.1:${port}`],
    ['MOVED with a slot that is a name', () => `MOVED __proto__ 127.0.0.1:${port}`],
    ['MOVED to a port that is none', () => 'MOVED 3999 127.0.0.1:99999'],
    ['MOVED to itself without end', () => `MOVED 3999 127.0.0.1:${port}`],
    ['MOVED to a closed port', () => `MOVED 3999 127.0.0.1:${closedPort}`],
    ['MOVED to a host that does not resolve', () => 'MOVED 3999 no-such-host.invalid:6379'],
    [
      'MOVED to ever new places',
      () => {
        redirections += 1;
        return `MOVED 3999 127.0.0.${1 + (redirections % 250)}:${port}`;
      },
    ],
    ['ASK alone', () => 'ASK'],
    ['ASK without a place', () => 'ASK 3999'],
    ['ASK with rubbish', () => 'ASK a b:c'],
    ['ASK at itself without end', () => `ASK 3999 127.0.0.1:${port}`],
    ['ASK at a closed port', () => `ASK 3999 127.0.0.1:${closedPort}`],
    ['TRYAGAIN without end', () => 'TRYAGAIN later'],
    ['LOADING without end', () => 'LOADING the data'],
    ['READONLY', () => 'READONLY You cannot write'],
    ['the error of a closed connection', () => 'Connection is closed.'],
  ])('%s for a value is like an empty one', async (_, error) => {
    cases += 1;
    const sound = soundAt(port);
    await hostile.follow(([name = '', ...words], socket) =>
      name.toLowerCase() === 'cluster' ? sound([name, ...words], socket) : `-${error()}\r\n`,
    );
  });

  it('has not ended the program, nor made it grow or log more than it should', () => {
    expect(hostile.flaws(cases)).toEqual([]);
  });
});
