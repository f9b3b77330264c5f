import { afterEach, expect, it } from '@jest/globals';
import { ServerUnderTest } from '../../../support/http/server-under-test.ts';

let running: ServerUnderTest;
afterEach(() => running.close());

it('answers the requests received in one packet with malformed HTTP before it rejects that', async () => {
  running = await ServerUnderTest.serving((request) => new Response(new URL(request.url).pathname));
  const client = await running.client();
  const requests = ['/one', '/two', '/three'].map(
    (path) => `GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`,
  );

  client.send(`${requests.join('')}no HTTP\r\n\r\n`);

  for (const path of ['/one', '/two', '/three']) {
    expect(await client.answer()).toMatchObject({ status: 200, body: path });
  }
  expect(await client.answer()).toMatchObject({ status: 400, body: '' });
  await client.closed;
});
