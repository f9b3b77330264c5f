import { afterEach, expect, it } from '@jest/globals';
import { createHandler } from '../../src/adapters/http/app.ts';
import { DeferredHandler, deferredRequestHandler } from '../../src/bootstrap/deferred.ts';
import type { WireOperations } from '../../src/ports/inbound/wire-operations.ts';
import { Gate } from '../support/fakes/gate.ts';
import { AppUnderTest, ITEM, optionsOf } from '../support/http/app-under-test.ts';
import { onEachRuntime, type Runtime, ServerUnderTest } from '../support/http/server-under-test.ts';

let running: ServerUnderTest;
let runtime: Runtime;
const onEach = onEachRuntime((each) => {
  runtime = each;
});

afterEach(() => running.close());

const echo: WireOperations = {
  execute: async (operation) => ({ status: 200, headers: {}, body: await operation.read() }),
};

const REQUESTS: readonly (readonly [string, string])[] = [
  ['at once', 'Content-Length: 8\r\n\r\n{"Key":1'],
  ['in chunks', 'Transfer-Encoding: chunked\r\n\r\n3\r\n{"K\r\n5\r\ney":1\r\n0\r\n\r\n'],
];

onEach('an operation of an SDK that arrives before the handler is loaded', () => {
  it.each(REQUESTS)('has its body, sent %s', async (_, rest) => {
    const gate = new Gate();
    const deferred = new DeferredHandler(async () => {
      await gate.pass(new AbortController().signal);
      return createHandler({
        ...optionsOf(new AppUnderTest()),
        wire: [{ targetPrefix: 'Shop_1.', operations: echo }],
      });
    });
    running = await ServerUnderTest.serving(deferredRequestHandler(deferred), {}, runtime);
    const client = await running.client();
    client.send(`POST / HTTP/1.1\r\nHost: localhost\r\nX-Amz-Target: Shop_1.Put\r\n${rest}`);
    await gate.arrived(1);
    gate.open();

    expect(await client.answer()).toMatchObject({ status: 200, body: '{"Key":1' });
    client.get(ITEM);
    expect((await client.answer()).status).toBe(200);
  });
});
