import { once } from 'node:events';
import { Agent } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { postOperation, signedBy } from '../support/dynamodb/wire.ts';
import { FloodedProgram } from '../support/flood/flooded-program.ts';
import { answering, type ScriptedAnswer, ScriptedServer } from '../support/http/scripted-server.ts';

const MIB = 1_048_576;
const MOST = 8 * MIB;
const PIECE = Buffer.alloc(65_536, 'a');

const large =
  (bytes: number): ScriptedAnswer =>
  async (response) => {
    response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0', 'content-length': bytes });
    for (let sent = 0; sent < bytes; sent += PIECE.byteLength) {
      if (!response.write(PIECE)) await once(response, 'drain');
    }
    response.end();
  };

const onLinux = process.platform === 'linux' ? describe : describe.skip;

onLinux('large answers of DynamoDB', () => {
  let upstream: ScriptedServer;
  let program: FloodedProgram;
  const agent = new Agent({ keepAlive: true });

  beforeAll(async () => {
    upstream = await ScriptedServer.start();
    program = await FloodedProgram.start(upstream.url, {});
  });

  afterAll(async () => {
    agent.destroy();
    await program.close();
    await upstream.close();
  });

  const ask = async (operation: string): Promise<number> => {
    const headers = { authorization: signedBy('test', 'eu-west-1') };
    const target = `DynamoDB_20120810.${operation}`;
    return (await postOperation(program.url, { target, body: '{}', headers }, agent)).bytes.byteLength;
  };

  /** How much more than now the program takes at its worst while `work` is done. */
  const extraBytes = async (work: () => Promise<void>): Promise<number> => {
    for (let warm = 0; warm < 100; warm += 1) await ask('ListTables');
    await program.forgetPeak();
    const before = await program.residentBytes();
    await work();
    return (await program.peakBytes()) - before;
  };

  it.each([
    ['batches of 16 MB', 'BatchGetItem', 16 * MIB, 10],
    ['pages of 1 MB', 'Query', MIB, 100],
  ])(
    `stream through with less than ${MOST / MIB} MB of extra memory: %s`,
    async (_, operation, bytes, times) => {
      upstream.answerWith(answering(200, '{}'));
      const extra = await extraBytes(async () => {
        upstream.answerWith(large(bytes));
        for (let done = 0; done < times; done += 1) expect(await ask(operation)).toBe(bytes);
      });

      expect(extra).toBeLessThan(MOST);
    },
    30_000,
  );
});
