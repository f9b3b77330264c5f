import { Agent } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { IS_FULL_SIZE, probedDuring, reportFigure } from '../../support/abuse/probe.ts';
import { postOperation, signedBy } from '../../support/dynamodb/wire.ts';
import { IS_STANDALONE } from '../../support/e2e/program.ts';
import { FloodedProgram } from '../../support/flood/flooded-program.ts';
import { answering, ScriptedServer } from '../../support/http/scripted-server.ts';

const MIB = 1_048_576;
const BYTES = IS_FULL_SIZE ? 16 * MIB : 2 * MIB;
/** How long one request may block others, in time that the main thread computes; at ordinary size other tests run at the same time. */
const LONGEST_MS = IS_FULL_SIZE ? 50 : 150;

const onLinux = process.platform === 'linux' ? describe : describe.skip;

/** Values of about `bytes`, each heavy in its own way. */
const heavyValues = (bytes: number): readonly (readonly [string, string])[] => [
  ['nested maps', `${'{"M":{"a":'.repeat(bytes / 12)}{}${'}}'.repeat(bytes / 12)}`],
  ['nested lists', '['.repeat(bytes / 2) + ']'.repeat(bytes / 2)],
  ['empty maps', `{"L":[${'{"M":{}},'.repeat(bytes / 9)}{}]}`],
  ['a string', `{"S":"${'x'.repeat(bytes)}"}`],
  ['a string of escapes', `{"S":"${'\\"'.repeat(bytes / 2)}"}`],
  ['a number', `{"N":"${'9'.repeat(bytes)}"}`],
  ['a number without quotes', `{"N":${'9'.repeat(bytes)}}`],
  ['colons', `{"S":"${':'.repeat(bytes)}"}`],
  ['the beginnings of ConsistentRead', `{"S":"${'C'.repeat(bytes)}"}`],
];

const tinyAttributes = (bytes: number): string =>
  Array.from({ length: bytes / 18 }, (_, index) => `"a${index.toString(36)}":{"N":"1"}`).join(',');

const put = (item: string): string => `{"TableName":"Things","Item":{${item},"id":{"S":"a"}}}`;
const get = (key: string): string => `{"TableName":"Things","Key":{${key}}}`;

const requests: readonly (readonly [string, string, string])[] = [
  ...heavyValues(BYTES).flatMap(([name, value]): (readonly [string, string, string])[] => [
    [`PutItem of ${name}`, 'PutItem', put(`"x":${value}`)],
    [`GetItem with a key of ${name}`, 'GetItem', get(`"id":${value}`)],
  ]),
  ['PutItem of many attributes', 'PutItem', put(tinyAttributes(BYTES))],
  ['PutItem of one attribute many times', 'PutItem', put('"x":{"N":"1"},'.repeat(BYTES / 14).slice(0, -1))],
  ['PutItem of names with escapes', 'PutItem', put('"\\u0069c":{},'.repeat(BYTES / 13).slice(0, -1))],
  [
    'UpdateItem of empty maps',
    'UpdateItem',
    `{"Values":[${'{},'.repeat(BYTES / 3)}{}],${get('"id":{"S":"a"}').slice(1)}`,
  ],
  [
    'BatchWriteItem of 25 items',
    'BatchWriteItem',
    `{"RequestItems":{"Things":[${Array.from({ length: 25 }, (_, index) => `{"PutRequest":{"Item":{"x":{"L":[${'{"N":"1"},'.repeat(BYTES / 250)}{"N":"1"}]},"id":{"S":"${index}"}}}}`).join(',')}]}}`,
  ],
  [
    'TransactWriteItems of 100 items',
    'TransactWriteItems',
    `{"TransactItems":[${Array.from({ length: 100 }, (_, index) => `{"Put":{"Item":{"x":{"L":[${'{"N":"1"},'.repeat(BYTES / 1000)}{"N":"1"}]},"id":{"S":"${index}"}},"TableName":"Things"}}`).join(',')}]}`,
  ],
  [
    'BatchGetItem of many keys',
    'BatchGetItem',
    `{"RequestItems":{"Things":{"Keys":[${'{"id":{"S":"a"}},'.repeat(BYTES / 17)}{}]}}}`,
  ],
  [
    'BatchExecuteStatement of many statements',
    'BatchExecuteStatement',
    `{"Statements":[${'{"Statement":"UPDATE Things SET a=1 WHERE id=1"},'.repeat(BYTES / 50)}{}]}`,
  ],
  [
    'ExecuteStatement of many conditions',
    'ExecuteStatement',
    JSON.stringify({
      Statement: `DELETE FROM Things WHERE ${Array.from({ length: 700 }, (_, index) => `a${index}=?`).join(' AND ')}`,
      Parameters: [],
    }),
  ],
  ['Query of empty maps', 'Query', `{"TableName":"Things","Values":[${'{},'.repeat(BYTES / 3)}{}]}`],
  ['an unknown operation of nested lists', 'ThinkHard', '['.repeat(BYTES)],
  ['GetItem of 500 KB of escapes', 'GetItem', get(`"id":{"S":"${'\\"'.repeat(250_000)}"}`)],
  ['GetItem of 24 KB of nested maps', 'GetItem', get(`"id":${'{"a":'.repeat(4_000)}{}${'}'.repeat(4_000)}`)],
];

onLinux('a request with heavy JSON', () => {
  let upstream: ScriptedServer;
  let program: FloodedProgram;
  const agent = new Agent({ keepAlive: true });

  beforeAll(async () => {
    upstream = await ScriptedServer.start();
    program = await FloodedProgram.start(upstream.url, {});
    for (let warm = 0; warm < 20; warm += 1) await post('PutItem', put('"x":{"N":"1"}'));
  });

  afterAll(async () => {
    agent.destroy();
    await program.close();
    await upstream.close();
  });

  const post = async (operation: string, body: string): Promise<number> => {
    const headers = { authorization: signedBy('test', 'eu-west-1') };
    const answer = await postOperation(
      program.url,
      { target: `DynamoDB_20120810.${operation}`, body, headers },
      agent,
    );
    return answer.status;
  };

  it.each(requests)(
    'blocks others for less than 50 ms: %s',
    async (name, operation, body) => {
      const before = await program.residentBytes();
      await program.forgetPeak();
      upstream.received.length = 0;
      let status = 0;
      const probed = await probedDuring(program, async () => {
        status = await post(operation, body);
      });
      const peakMib = ((await program.peakBytes()) - before) / MIB;
      reportFigure(name, `${probed.longestMs.toFixed(1)} ms, ${peakMib.toFixed(0)} MiB more at the peak`);

      expect(status).toBe(200);
      expect(probed.longestMs).toBeLessThan(LONGEST_MS);
      expect(probed.failures).toBe(0);
      expect(peakMib).toBeLessThan(IS_STANDALONE ? 160 : 100);
    },
    30_000,
  );

  it.each([
    ['PutItem', put(`"x":${'['.repeat(BYTES / 2)}${']'.repeat(BYTES / 2)}`), ['a']],
    [
      'BatchWriteItem',
      `{"RequestItems":{"Things":[{"PutRequest":{"Item":{"x":{"S":"${'x'.repeat(BYTES)}"},"\\u0069d":{"S":"a"}}}}]}}`,
      ['a'],
    ],
    [
      'TransactWriteItems',
      `{"TransactItems":[{"Put":{"Item":{${tinyAttributes(BYTES)},"id":{"S":"a"}},"TableName":"Things"}}]}`,
      ['a'],
    ],
    [
      'DeleteItem',
      `{"TableName":"Things","Key":{"id":{"S":"a"},"id":{"S":"${'x'.repeat(BYTES)}"}}}`,
      ['a', 'b'],
    ],
    ['PutItem', '['.repeat(BYTES), ['a', 'b']],
    [
      'BatchExecuteStatement',
      `{"Statements":[{"Statement":"DELETE FROM Things WHERE id=?","Parameters":[{"S":"a"},${'{},'.repeat(BYTES / 3)}{}]}]}`,
      ['a', 'b'],
    ],
  ])(
    'invalidates what a write changes before its client knows: %s %#',
    async (operation, body, changed) => {
      let version = 0;
      upstream.answerWith((response, received) => {
        const isRead = received.operation === 'GetItem';
        const id = isRead ? JSON.parse(received.body.toString()).Key.id.S : '';
        const text = isRead ? `{"Item":{"id":{"S":"${id}"},"v":{"N":"${version}"}}}` : '{}';
        answering(200, text)(response);
      });
      for (const id of ['a', 'b']) await program.ask(id);
      for (const id of ['a', 'b']) expect((await program.ask(id)).cacheStatus).toContain('; hit');
      version += 1;
      await post(operation, body);
      for (const id of ['a', 'b']) {
        const { cacheStatus } = await program.ask(id);
        expect([id, cacheStatus.includes('; hit')]).toEqual([id, !changed.includes(id)]);
      }
      upstream.answerWith(answering(200, '{}'));
    },
    30_000,
  );
});
