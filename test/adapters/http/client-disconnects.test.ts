import { afterEach, expect, it } from '@jest/globals';
import { createHandler } from '../../../src/adapters/http/app.ts';
import type { WireOperations } from '../../../src/ports/inbound/wire-operations.ts';
import { AppUnderTest, ITEM, optionsOf } from '../../support/http/app-under-test.ts';
import type { RawConnection } from '../../support/http/raw-connection.ts';
import { onEachRuntime, type Runtime, ServerUnderTest } from '../../support/http/server-under-test.ts';

let running: ServerUnderTest;
let app: AppUnderTest;
let runtime: Runtime;
const onEach = onEachRuntime((each) => {
  runtime = each;
});

afterEach(() => running.close());

const POST = 'POST / HTTP/1.1\r\nHost: localhost\r\nX-Amz-Target: Shop_1.Put\r\n';
const HALF_SENT = `${POST}Content-Length: 9\r\n\r\n{"Ta`;

async function* endlessPieces() {
  for (;;) {
    yield Buffer.alloc(65_536, 'a');
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** `Stream` is answered without end, `Wait` when its client has left, all else at once. */
const operations: WireOperations = {
  execute: async (operation) => {
    const body = await operation.read();
    if (operation.operation === 'Stream') return { status: 200, headers: {}, body: endlessPieces() };
    if (operation.operation === 'Wait') {
      await new Promise<void>((resolve) =>
        operation.signal.addEventListener('abort', { handleEvent: () => resolve() }),
      );
    }
    return { status: 200, headers: {}, body };
  },
};

const post = (operation: string): string =>
  `POST / HTTP/1.1\r\nHost: localhost\r\nX-Amz-Target: Shop_1.${operation}\r\nContent-Length: 2\r\n\r\n{}`;

const LEAVES: readonly (readonly [string, (client: RawConnection) => void])[] = [
  ['closes', (client) => client.destroy()],
  ['resets', (client) => void client.socket.resetAndDestroy()],
  ['ends', (client) => void client.socket.end()],
];

const PHASES: readonly (readonly [string, string])[] = [
  ['within a request line', 'POST /'],
  ['within the headers of an operation', POST],
  ['within the body of an operation', HALF_SENT],
  ['within a body in chunks', `${POST}Transfer-Encoding: chunked\r\n\r\n5\r\nab`],
  ['within a body behind an operation that was answered', post('Put') + HALF_SENT],
  ['within a body behind a hit', `GET ${ITEM} HTTP/1.1\r\nHost: localhost\r\n\r\n${HALF_SENT}`],
  ['within a body behind an operation that waits', post('Wait') + HALF_SENT],
  ['while an operation waits for its answer', post('Wait')],
  ['within an answer that streams', post('Stream')],
  ['within a body that no route reads', `PUT /x HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\nab`],
];

onEach('a client that disconnects', () => {
  it.each(LEAVES.flatMap(([how, leave]) => PHASES.map(([when, bytes]) => ({ how, when, leave, bytes }))))(
    'causes no error and does not affect other clients: $how $when',
    async ({ leave, bytes }) => {
      app = new AppUnderTest();
      const handler = createHandler({ ...optionsOf(app), wire: [{ targetPrefix: 'Shop_1.', operations }] });
      running = await ServerUnderTest.serving(handler, {}, runtime);
      const client = await running.client();
      client.send(bytes);
      await running.caughtUp();

      leave(client);
      client.socket.resume();
      await client.closed;
      await running.caughtUp();

      const other = await running.client();
      other.get(ITEM);
      expect((await other.answer()).status).toBe(200);
      // The request to a path without a route is rejected, which the log says.
      const codes = app.logger.lines.map(({ fields }) => fields.code);
      expect(codes).toEqual(bytes.startsWith('PUT') ? ['no_such_route'] : []);
      expect(running.logger.lines).toEqual([]);
    },
  );
});
