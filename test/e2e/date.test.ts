import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { startDynalite } from '../support/dynamodb/dynalite.ts';
import type { DynamoDbServer } from '../support/dynamodb/dynamodb-server.ts';
import { signedBy } from '../support/dynamodb/wire.ts';
import type { ExtensionUnderTest } from '../support/e2e/extension-under-test.ts';
import { itemPath } from '../support/e2e/item-path.ts';
import { startExtension } from '../support/e2e/start-extension.ts';

const FREEZE_MS = 3_500;
/** Whole seconds are cut off, and a busy machine takes its time to answer. */
const TOLERATED_MS = 1_900;
const ITEM = itemPath('Things', 'a');
const GET_ITEM = '{"TableName":"Things","Key":{"id":{"S":"a"}}}';

let dynamodb: DynamoDbServer;
let extension: ExtensionUnderTest;
let etag = '';

beforeAll(async () => {
  dynamodb = await startDynalite();
  await dynamodb.createTable({ table: 'Things', hashKey: { name: 'id', type: 'S' } });
  await dynamodb.put('Things', { id: { S: 'a' } });
  extension = await startExtension({
    cacheYaml: 'dynamodb: [{ table: Things, hashKey: id }]',
    endpoint: dynamodb.endpoint,
  });
});

afterAll(async () => {
  await extension.close();
  await dynamodb.close();
});

const sockets: Socket[] = [];
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
});

/** Opens a connection over which one request was answered, as a client that keeps its connections has. */
const keptSocket = async (): Promise<Socket> => {
  const socket = connect(extension.port, '127.0.0.1');
  sockets.push(socket);
  await once(socket, 'connect');
  socket.setEncoding('latin1').write(get(ITEM));
  const [answer] = await once(socket, 'data');
  etag = /^etag: (.*)$/im.exec(answer)?.[1] ?? '';
  return socket;
};

const request = (line: string, ...headers: readonly string[]): string =>
  [`${line} HTTP/1.1`, 'Host: localhost', ...headers, '', ''].join('\r\n');
const get = (path: string, ...headers: readonly string[]): string => request(`GET ${path}`, ...headers);
const operation = (
  name: string,
  body: string,
  authorization = signedBy('emulated-key-id', 'eu-west-1'),
): string =>
  `${request(
    'POST /',
    `X-Amz-Target: DynamoDB_20120810.${name}`,
    'Content-Type: application/x-amz-json-1.0',
    `Authorization: ${authorization}`,
    `Content-Length: ${body.length}`,
  )}${body}`;

const REQUESTS: readonly (readonly [string, number, () => string])[] = [
  ['a hit', 200, () => get(ITEM)],
  ['a hit that takes the long way', 200, () => get(ITEM, 'Cache-Control: max-age=3600')],
  ['a hit that the client has already', 304, () => get(ITEM, `If-None-Match: ${etag}`)],
  ['a HEAD request', 200, () => request(`HEAD ${ITEM}`)],
  ['a miss', 404, () => get(itemPath('Things', `missing-${Math.random()}`))],
  ['the health of the extension', 200, () => get('/health')],
  ['an unknown path', 404, () => get('/nothing')],
  ['a malformed name', 400, () => get('/dynamodb?name=x')],
  ['a foreign Host', 400, () => get(ITEM).replace('localhost', 'evil.example')],
  ['a GetItem from the cache', 200, () => operation('GetItem', GET_ITEM)],
  ['a forwarded operation', 200, () => operation('ListTables', '{}')],
  [
    'an operation signed with another key',
    400,
    () => operation('GetItem', GET_ITEM, signedBy('other', 'eu-west-1')),
  ],
];

/** Answers that the runtime writes itself, where it may leave the header out. */
const BARE: readonly (readonly [string, number, () => string])[] = [
  ['a request that is not HTTP', 400, () => 'no HTTP\r\n\r\n'],
  ['a head over the limit', 431, () => get(ITEM, `X-Long: ${'x'.repeat(200_000)}`)],
  [
    'a body over the limit',
    413,
    () => operation('PutItem', GET_ITEM).replace(/Content-Length: \d+/, 'Content-Length: 99000000'),
  ],
];

const dateIn = (answer: string): number => Date.parse(/^date: (.*)$/im.exec(answer)?.[1]?.trim() ?? '');

/** What comes first for each request, all of which arrive while the extension is frozen, and when. */
const answersAfterFreeze = async (texts: readonly (() => string)[]) => {
  const kept = await Promise.all(texts.map(() => keptSocket()));
  extension.lambda.freeze();
  const answers = kept.map(async (socket, index) => {
    socket.write(texts[index]?.() ?? '');
    const [answer] = await once(socket, 'data');
    return { answer: String(answer), at: Date.now() };
  });
  await delay(FREEZE_MS);
  extension.lambda.thaw();
  return Promise.all(answers);
};

describe('the first answers after a freeze', () => {
  it('carry the Date of this moment, whatever was asked', async () => {
    const answers = await answersAfterFreeze(REQUESTS.map(([, , text]) => text));

    for (const [index, [name, status]] of REQUESTS.entries()) {
      const { answer = '', at = 0 } = answers[index] ?? {};
      expect([name, Number(answer.slice(9, 12))]).toEqual([name, status]);
      expect([name, answer.match(/^date:/gim)?.length]).toEqual([name, 1]);
      const lateMs = at - dateIn(answer);
      expect([name, lateMs > -1_000 && lateMs < TOLERATED_MS ? 'right' : lateMs]).toEqual([name, 'right']);
    }
  }, 30_000);

  it('carry no old Date where the server refuses what it cannot read', async () => {
    const answers = await answersAfterFreeze(BARE.map(([, , text]) => text));

    for (const [index, [name, status]] of BARE.entries()) {
      const { answer = '', at = 0 } = answers[index] ?? {};
      const lateMs = at - dateIn(answer);
      const isRight = Number.isNaN(lateMs) || (lateMs > -1_000 && lateMs < TOLERATED_MS);
      expect([name, Number(answer.slice(9, 12)), isRight ? 'right' : lateMs]).toEqual([
        name,
        status,
        'right',
      ]);
    }
  }, 30_000);
});
