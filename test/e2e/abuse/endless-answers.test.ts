import { Agent, request } from 'node:http';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { type Endless, EndlessOrigin } from '../../support/abuse/endless-origin.ts';
import { IS_FULL_SIZE, probedDuring, reportFigure } from '../../support/abuse/probe.ts';
import { signedBy } from '../../support/dynamodb/wire.ts';
import { eventually } from '../../support/e2e/eventually.ts';
import { IS_STANDALONE } from '../../support/e2e/program.ts';
import { FloodedProgram } from '../../support/flood/flooded-program.ts';

const MIB = 1_048_576;
/** The documented limit of an answer that is read whole. */
const LIMIT = 17 * MIB;
/** The pieces, their copy in one, and what a runtime leaves lying about; the answers come one after the other. */
const MOST_GROWTH = (IS_STANDALONE ? 6 : 5) * LIMIT;
/**
 * For how long others may wait, in time that the main thread computes. On Node.js at most 28 ms were measured; on Bun 45, and
 * once 111 for chunks of one byte, of which it reads up to 512 KiB at once.
 */
const LONGEST_MS = IS_STANDALONE ? 150 : 75;
const ATTACKS = IS_FULL_SIZE ? 3 : 1;
/** A client that has seen so much of an answer has seen enough. */
const ENOUGH_BYTES = 24 * MIB;
const TIMEOUT_MS = IS_FULL_SIZE ? 600_000 : 60_000;

const CACHE_YAML = `dynamodb:
  - { table: Things, hashKey: id }
  - { table: Queried, hashKey: id, queryTtl: 1m }
  - { table: Observed, hashKey: id, mode: observe }
`;

const HEAD = 'HTTP/1.1 200 OK\r\ncontent-type: application/x-amz-json-1.0\r\n';
const CHUNKED = `${HEAD}transfer-encoding: chunked\r\n\r\n`;
const LARGE_CHUNKS: Endless = { begin: CHUNKED, unit: `4000\r\n${'a'.repeat(16_384)}\r\n` };
const TINY_CHUNKS: Endless = { begin: CHUNKED, unit: '1\r\na\r\n' };
const UNTIL_CLOSED: Endless = { begin: `${HEAD}\r\n`, unit: 'a'.repeat(1_000) };
const COUNTED: Endless = { begin: `${HEAD}content-length: 100000000000\r\n\r\n`, unit: 'a'.repeat(1_000) };

/** The ordinary run takes the first: 17 MiB in chunks of one byte take minutes on a busy machine. */
const SHAPES: readonly (readonly [string, Endless])[] = [
  ['large chunks', LARGE_CHUNKS],
  ['chunks of one byte', TINY_CHUNKS],
  ['bytes until the connection closes', UNTIL_CLOSED],
  ['a Content-Length of 100 GB', COUNTED],
];

const key = (id: string) => ({ id: { S: id } });
const get = (table: string) => ({ TableName: table, Key: key('a') });
const batch = (table: string) => ({ RequestItems: { [table]: { Keys: [key('a'), key('b')] } } });
const query = {
  TableName: 'Queried',
  KeyConditionExpression: 'id = :a',
  ExpressionAttributeValues: { ':a': { S: 'a' } },
};

interface Seen {
  readonly status: number;
  readonly bytes: number;
  readonly text: string;
}

const onLinux = process.platform === 'linux' ? describe : describe.skip;

onLinux('an answer of DynamoDB without an end', () => {
  let origin: EndlessOrigin;
  let program: FloodedProgram;

  beforeAll(async () => {
    origin = await EndlessOrigin.start();
    program = await FloodedProgram.start(origin.url, {}, { cacheYaml: CACHE_YAML });
  });

  afterEach(() => {
    origin.endless = undefined;
  });

  afterAll(async () => {
    await program.close();
    await origin.close();
  });

  /** Posts an operation, and reads the answer to its end or until there is enough of it; the status is 0 if there is none. */
  const ask = (operation: string, body: object): Promise<Seen> =>
    new Promise((resolve) => {
      const headers = {
        'content-type': 'application/x-amz-json-1.0',
        'x-amz-target': `DynamoDB_20120810.${operation}`,
        authorization: signedBy('test', 'eu-west-1'),
      };
      const call = request(`${program.url}/`, { method: 'POST', agent: new Agent(), headers }, (answer) => {
        let [bytes, text] = [0, ''];
        const end = () => {
          call.destroy();
          resolve({ status: answer.statusCode ?? 0, bytes, text });
        };
        answer.on('data', (piece: Buffer) => {
          bytes += piece.byteLength;
          if (text.length < 1_000) text += piece.toString('latin1', 0, 1_000);
          if (bytes > ENOUGH_BYTES) end();
        });
        answer.once('end', end).once('error', end);
      });
      call.once('error', () => resolve({ status: 0, bytes: 0, text: '' })).end(JSON.stringify(body));
    });

  /** What the program takes at its worst while it is attacked, beyond what it has before. */
  const attacked = async (name: string, work: () => Promise<unknown>): Promise<number> => {
    origin.endless = undefined;
    for (let warm = 0; warm < 20; warm += 1) await ask('ListTables', {});
    await program.forgetPeak();
    const before = await program.residentBytes();
    const { longestMs, failures } = await probedDuring(program, work);
    const growth = (await program.peakBytes()) - before;
    reportFigure(`${name}: MiB of growth`, (growth / MIB).toFixed(1));
    reportFigure(`${name}: ms for which others wait at most`, longestMs.toFixed(1));
    expect(failures).toBe(0);
    expect(longestMs).toBeLessThan(LONGEST_MS);
    return growth;
  };

  const nobodyIsConnected = () =>
    eventually(
      async () => origin.endlessConnections,
      (open) => open === 0,
    );

  describe.each(IS_FULL_SIZE ? SHAPES : SHAPES.slice(0, 1))('in %s', (shape, endless) => {
    const withReport = [
      'a GetItem that reports capacity',
      'GetItem',
      { ...get('Things'), ReturnConsumedCapacity: 'TOTAL' },
    ] as const;
    // An answer that says how long it is can be passed on before it is read.
    const saysLength = endless === COUNTED;

    for (const [name, operation, body] of saysLength ? [] : [withReport])
      it(
        `is an InternalServerError to ${name}, closes its connection, and takes bounded memory`,
        async () => {
          const growth = await attacked(`${name}, ${shape}`, async () => {
            for (let done = 0; done < ATTACKS; done += 1) {
              origin.endless = endless;
              const { status, text } = await ask(operation, body);
              expect(status).toBe(500);
              expect(text).toContain('InternalServerError');
            }
            await nobodyIsConnected();
          });

          expect(growth).toBeLessThan(MOST_GROWTH);
        },
        TIMEOUT_MS,
      );

    it.each([
      ...(saysLength ? [withReport] : []),
      ['a Query with queryTtl', 'Query', query] as const,
      ['a BatchGetItem', 'BatchGetItem', batch('Things')] as const,
      ['an observed GetItem', 'GetItem', get('Observed')] as const,
      ['an observed BatchGetItem', 'BatchGetItem', batch('Observed')] as const,
      ['a Scan', 'Scan', { TableName: 'Things' }] as const,
    ])(
      'is streamed to %s, and takes bounded memory',
      async (name, operation, body) => {
        const growth = await attacked(`${name}, ${shape}`, async () => {
          for (let done = 0; done < ATTACKS; done += 1) {
            origin.endless = endless;
            const { status, bytes } = await ask(operation, body);
            expect(status).toBe(200);
            expect(bytes).toBeGreaterThan(ENOUGH_BYTES);
          }
          await nobodyIsConnected();
        });

        expect(growth).toBeLessThan(MOST_GROWTH);
      },
      TIMEOUT_MS,
    );

    it(
      'is a 503 to GET /dynamodb, closes its connection, and takes bounded memory',
      async () => {
        const growth = await attacked(`GET /dynamodb, ${shape}`, async () => {
          for (let done = 0; done < ATTACKS; done += 1) {
            origin.endless = endless;
            expect(await program.ask(`a${done}`)).toMatchObject({ status: 503 });
          }
          await nobodyIsConnected();
        });

        expect(growth).toBeLessThan(MOST_GROWTH);
      },
      TIMEOUT_MS,
    );
  });

  describe.each([
    ['informational heads', { begin: '', unit: 'HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n' }],
    ['shorter informational heads', { begin: '', unit: 'HTTP/1.1 100 Continue\r\n\r\n' }],
    ['one header after the other', { begin: 'HTTP/1.1 200 OK\r\n', unit: 'a: b\r\n' }],
    ['one long header', { begin: 'HTTP/1.1 200 OK\r\na: ', unit: 'b' }],
    ['trailers', { begin: `${CHUNKED}2\r\n{}\r\n0\r\n`, unit: 'a: b\r\n' }],
    ['one long trailer', { begin: `${CHUNKED}2\r\n{}\r\n0\r\na: `, unit: 'b' }],
    ['the extension of a chunk', { begin: `${CHUNKED}2;a=`, unit: 'b' }],
  ])('that consists of %s', (shape, endless) => {
    it(
      'is refused at once, and closes its connection',
      async () => {
        const growth = await attacked(shape, async () => {
          origin.endless = endless;
          expect(await program.ask('a')).toMatchObject({ status: 503 });
          const { status, bytes } = await ask('ListTables', {});
          // An answer whose head was passed on before the rest came breaks off.
          expect([500, 200, 0]).toContain(status);
          expect(bytes).toBeLessThan(1_000);
          await nobodyIsConnected();
        });

        expect(growth).toBeLessThan(MIB * (IS_STANDALONE ? 32 : 16));
      },
      TIMEOUT_MS,
    );
  });
});
