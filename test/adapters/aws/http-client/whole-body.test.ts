import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { wholeBody } from '../../../../src/adapters/aws/aws-client.ts';
import { sendRequest } from '../../../../src/adapters/aws/http-client/http-request.ts';
import { UnreadableResponseError } from '../../../../src/adapters/aws/http-client/transport-error.ts';
import { UpstreamConnections } from '../../../../src/adapters/aws/http-client/upstream-connections.ts';
import { answer, bytes, bytesAndEnd, RawOrigin } from '../../../support/dynamodb/raw-origin.ts';
import { FakeClock } from '../../../support/fakes/fake-clock.ts';

const CHUNKED = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n';
const UNCOUNTED = 'HTTP/1.1 200 OK\r\n\r\n';
const FOUR = '4\r\nabcd\r\n';

describe('wholeBody', () => {
  let origin: RawOrigin;
  let connections: UpstreamConnections;

  beforeEach(async () => {
    origin = await RawOrigin.start();
    connections = new UpstreamConnections(new FakeClock());
  });

  afterEach(async () => {
    connections.close();
    await origin.close();
  });

  const read = async (maxBytes: number): Promise<string> => {
    const { signal } = new AbortController();
    const request = { url: origin.url, headers: [], body: Buffer.from('asked'), signal, maxWholeBytes: 0 };
    const { body } = await sendRequest(request, connections);
    return Buffer.from(await wholeBody(body, maxBytes)).toString();
  };

  it('is all of what comes in pieces', async () => {
    origin.answerWith(bytes(CHUNKED, FOUR, FOUR, '0\r\n\r\n'));

    expect(await read(8)).toBe('abcdabcd');
    expect(await read(8)).toBe('abcdabcd');
    expect(origin.sockets).toHaveLength(1);
  });

  it.each([
    ['chunks', bytes(CHUNKED, FOUR, FOUR, FOUR, '0\r\n\r\n')],
    ['a counted body', answer('abcdabcda')],
    ['a body that lasts as long as its connection', bytesAndEnd(UNCOUNTED, 'abcdabcda')],
  ])('is unreadable where more than may come comes as %s', async (_, tooMuch) => {
    origin.answerWith(tooMuch);

    await expect(read(8)).rejects.toBeInstanceOf(UnreadableResponseError);
  });

  it.each([
    ['chunks', bytes(CHUNKED, FOUR, FOUR, FOUR)],
    ['a body that lasts as long as its connection', bytes(UNCOUNTED, 'abcdabcda')],
  ])('ends the connection on which %s would go on', async (_, tooMuch) => {
    origin.answerWith(tooMuch, answer('found'));
    await expect(read(8)).rejects.toBeInstanceOf(UnreadableResponseError);
    await origin.firstClosed();

    expect(await read(8)).toBe('found');
    expect(origin.sockets).toHaveLength(2);
  });
});
