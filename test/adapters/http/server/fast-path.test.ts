import { setImmediate } from 'node:timers/promises';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { FastPath, RequestHandler } from '../../../../src/ports/inbound/server.ts';
import { ServerUnderTest } from '../../../support/http/server-under-test.ts';

const BODY = new TextEncoder().encode('fast');
const HEADERS = { 'content-length': '4' };

let running: ServerUnderTest | undefined;
afterEach(async () => {
  await running?.close();
  running = undefined;
});

/** A server whose handler has this fast path, and otherwise answers `slow`. */
const serving = async (fastPath: FastPath, runtime: 'node' | 'standalone', rawListener = true) => {
  const handler: RequestHandler = Object.assign(() => new Response('slow'), { fastPath });
  running = await ServerUnderTest.serving(handler, { rawListener }, runtime);
  return { server: running, client: await running.client() };
};

describe.each([
  ['node', true],
  ['node', false],
  ['standalone', true],
  ['standalone', false],
] as const)('the server for %s with a fast path (raw listener: %s)', (runtime, rawListener) => {
  it.each<readonly [string, FastPath]>([
    ['at once', () => ({ status: 200, headers: HEADERS, body: BODY })],
    ['later', async () => ({ status: 200, headers: HEADERS, body: BODY })],
  ])('writes an answer that is given %s', async (_, fastPath) => {
    const { client } = await serving(fastPath, runtime, rawListener);
    client.get('/a');

    expect(await client.answer()).toMatchObject({ status: 200, body: 'fast' });
  });

  it('writes the answers to pipelined requests in their order, although the first one comes last', async () => {
    const fastPath: FastPath = async ({ target }) => {
      if (target === '/1') await setImmediate();
      return { status: 200, headers: { ...HEADERS, 'x-target': target }, body: BODY };
    };
    const { client } = await serving(fastPath, runtime, rawListener);
    client.get('/1');
    client.get('/2');

    expect((await client.answer()).headers['x-target']).toBe('/1');
    expect((await client.answer()).headers['x-target']).toBe('/2');
  });

  it.each([
    [422, 'Unprocessable Entity'],
    [501, 'Not Implemented'],
  ])('names the reason of status %d', async (status, reason) => {
    const { client } = await serving(() => ({ status, headers: HEADERS, body: BODY }), runtime, rawListener);
    client.get('/a');

    expect(await client.answer()).toMatchObject({ status, reason });
  });

  it('passes requests that the fast path leaves to the handler', async () => {
    const { client } = await serving(() => undefined, runtime, rawListener);
    client.get('/a');

    expect((await client.answer()).body).toBe('slow');
  });
});

describe.each([
  ['node', true],
  ['node', false],
  ['standalone', true],
  ['standalone', false],
] as const)(
  'the server for %s with an answer that cannot be written (raw listener: %s)',
  (runtime, rawListener) => {
    it.each<readonly [string, FastPath]>([
      ['at once', () => ({ status: 200, headers: { 'x-bad': 'a\nb' }, body: BODY })],
      ['later', async () => ({ status: 200, headers: { 'x-bad': 'a\nb' }, body: BODY })],
    ])('closes the connection and logs it, where the answer is given %s', async (_, fastPath) => {
      const { server, client } = await serving(fastPath, runtime, rawListener);
      client.get('/a');

      await expect(client.answer()).rejects.toThrow();
      expect(server.logger.at('error')).toMatchObject([{ message: 'a response was cut off before its end' }]);
    });
  },
);
