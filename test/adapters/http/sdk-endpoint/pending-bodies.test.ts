import { afterEach, describe, expect, it } from '@jest/globals';
import { createHandler } from '../../../../src/adapters/http/app.ts';
import type {
  IncomingOperation,
  WireAnswer,
  WireOperations,
} from '../../../../src/ports/inbound/wire-operations.ts';
import { AppUnderTest, optionsOf } from '../../../support/http/app-under-test.ts';
import type { RawConnection } from '../../../support/http/raw-connection.ts';
import { ServerUnderTest } from '../../../support/http/server-under-test.ts';

const MIB = 1024 * 1024;
const LIMIT = 32 * MIB;

let running: ServerUnderTest;
let app: AppUnderTest;
afterEach(() => running.close());

/** Reads what is sent, and answers when it is told to. */
class Operations implements WireOperations {
  readonly bodies: Uint8Array[] = [];
  answer: () => Promise<WireAnswer> = async () => ({ status: 200, headers: {}, body: Buffer.from('{}') });
  /** Called with each request before its body is read. */
  begun: () => void = () => undefined;

  async execute(operation: IncomingOperation): Promise<WireAnswer> {
    const reading = operation.read();
    this.begun();
    this.bodies.push(await reading);
    return this.answer();
  }
}

const serving = async (): Promise<Operations> => {
  app = new AppUnderTest();
  const operations = new Operations();
  const wire = { targetPrefix: 'Shop_1.', operations };
  running = await ServerUnderTest.serving(
    createHandler({ ...optionsOf(app), wire, maxPendingBodyBytes: LIMIT }),
  );
  return operations;
};

const head = (framing: string): string =>
  `POST / HTTP/1.1\r\nHost: localhost\r\nX-Amz-Target: Shop_1.Put\r\n${framing}\r\n\r\n`;

/** Sends a request whose last byte is missing, and resolves when the server has begun to read it. */
const half = async (operations: Operations, bytes: number): Promise<RawConnection> => {
  const client = await running.client();
  const begun = new Promise<void>((resolve) => {
    operations.begun = resolve;
  });
  client.send(head(`Content-Length: ${bytes}`));
  client.send('a'.repeat(bytes - 1));
  await begun;
  return client;
};

const post = async (body: string): Promise<RawConnection> => {
  const client = await running.client();
  client.send(`${head(`Content-Length: ${body.length}`)}${body}`);
  return client;
};

describe('the total size of pending request bodies', () => {
  it('is bounded: a request above it gets a 503 that SDKs retry, and its connection stays usable', async () => {
    const operations = await serving();
    await half(operations, 16 * MIB);
    await half(operations, 16 * MIB);

    const client = await post('{}');
    const { status, headers, body } = await client.answer();

    expect(status).toBe(503);
    expect(headers['retry-after']).toBe('1');
    expect(headers['content-type']).toBe('application/x-amz-json-1.0');
    expect(JSON.parse(body)).toEqual({
      __type: 'com.amazonaws.dynamodb.v20120810#ServiceUnavailable',
      message: expect.stringContaining('CACHE_EXTENSION_MAX_PENDING_BODY_BYTES'),
    });
    client.get('/health');
    expect((await client.answer()).status).toBe(200);
    expect(app.logger.lines).toEqual([]);
  });

  it('decreases when a request is answered', async () => {
    const operations = await serving();
    const first = await half(operations, 16 * MIB);
    await half(operations, 16 * MIB);
    first.send('a');
    expect((await first.answer()).status).toBe(200);

    expect((await (await post('{}')).answer()).status).toBe(200);
  });

  it('includes the bodies of unanswered requests', async () => {
    const operations = await serving();
    let answer: (given: WireAnswer) => void = () => undefined;
    operations.answer = () =>
      new Promise((resolve) => {
        answer = resolve;
      });
    const waiting = await half(operations, 17 * MIB);
    waiting.send('a');
    while (operations.bodies.length === 0) await new Promise((resolve) => setImmediate(resolve));

    expect((await (await post('a'.repeat(16 * MIB))).answer()).status).toBe(503);

    answer({ status: 200, headers: {}, body: Buffer.from('{}') });
    expect((await waiting.answer()).status).toBe(200);
  });

  it.each([
    ['leaves', (client: RawConnection) => client.destroy()],
    ['resets its connection', (client: RawConnection) => void client.socket.resetAndDestroy()],
    ['goes silent', () => running.ticks.pass(11)],
  ])('decreases when a client %s in the middle of its body', async (_, leave) => {
    const operations = await serving();
    const clients = [await half(operations, 16 * MIB), await half(operations, 16 * MIB)];
    await running.caughtUp();
    for (const client of clients) leave(client);
    await Promise.all(clients.map(({ closed }) => closed));
    await running.caughtUp();

    expect((await (await post('{}')).answer()).status).toBe(200);
    expect(app.logger.lines).toEqual([]);
  });

  it('includes bodies of unknown length as they arrive', async () => {
    const operations = await serving();
    await half(operations, 16 * MIB);
    await half(operations, 15 * MIB);
    const client = await running.client();
    client.send(head('Transfer-Encoding: chunked'));
    const piece = 'a'.repeat(65_536);
    for (let sent = 0; sent < 2 * MIB; sent += piece.length) client.send(`10000\r\n${piece}\r\n`);
    client.send('0\r\n\r\n');

    expect((await client.answer()).status).toBe(503);
  });

  it('does not change a body that arrives in many pieces', async () => {
    const operations = await serving();
    const text = Array.from({ length: 3_000 }, (_, index) => String(index)).join(' ');
    const client = await running.client();
    client.send(head('Transfer-Encoding: chunked'));
    for (const word of text) client.send(`1\r\n${word}\r\n`);
    client.send('0\r\n\r\n');
    expect((await client.answer()).status).toBe(200);

    expect(Buffer.from(operations.bodies[0] ?? []).toString()).toBe(text);
  });
});
