import { once } from 'node:events';
import { createServer } from 'node:http';
import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  SigningKeys,
  signatureOf,
  signedHeaders,
  signingTime,
  type UnsignedRequest,
} from '../../../../src/adapters/aws/sigv4/sigv4.ts';
import { readSignature } from '../../../../src/adapters/aws/sigv4/sigv4-caller-recogniser.ts';
import { isSignedBy, type RequestSignature } from '../../../../src/adapters/aws/sigv4/verified-signature.ts';
import type { WireRequest } from '../../../../src/ports/inbound/wire-operations.ts';
import { useTestCredentials } from '../../../support/dynamodb/test-credentials.ts';

const CREDENTIALS = {
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
};
const NOW = Date.UTC(2026, 0, 1, 12);
const MINUTE = 60_000;

const signatureIn = ({ headers }: WireRequest): RequestSignature => {
  const signature = readSignature(headers.get('authorization') ?? '');
  if (signature === undefined) throw new Error('no signature');
  return signature;
};

const verdict = (request: WireRequest, now: number, secretAccessKey = CREDENTIALS.secretAccessKey): boolean =>
  isSignedBy({ ...CREDENTIALS, secretAccessKey }, signatureIn(request), request, now);

const requestOf = (headers: Headers, body: Uint8Array): WireRequest => ({
  operation: 'PutItem',
  headers,
  body,
  signal: new AbortController().signal,
});

/** An operation of DynamoDB to be signed. */
const postOf = (headers: UnsignedRequest['headers'], body: Uint8Array, time: string): UnsignedRequest => ({
  service: 'dynamodb',
  region: 'eu-west-1',
  method: 'POST',
  host: 'localhost',
  path: '/',
  query: '',
  headers,
  body,
  time,
});

/** A request as the SDK itself signs it. */
const signedBySdk = async (): Promise<WireRequest> => {
  let seen: WireRequest | undefined;
  const server = createServer(async (incoming, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk);
    const headers = Object.entries(incoming.headers).map(([name, value]): [string, string] => [
      name,
      String(value),
    ]);
    seen = requestOf(new Headers(headers), Buffer.concat(chunks));
    response.end('{}');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('the server does not listen');
  const client = new DynamoDBClient({
    endpoint: `http://127.0.0.1:${address.port}`,
    region: 'eu-west-1',
    credentials: { ...CREDENTIALS, sessionToken: 'session+/=' },
  });
  await client.send(new PutItemCommand({ TableName: 'Users', Item: { id: { S: 'ünï☃' } } }));
  client.destroy();
  server.close();
  server.closeAllConnections();
  if (seen === undefined) throw new Error('nothing was sent');
  return seen;
};

describe('a signature', () => {
  beforeEach(useTestCredentials);

  it('of the AWS SDK is right, and no longer when anything that it covers is changed', async () => {
    const request = await signedBySdk();
    const changed = (name: string, value: string): WireRequest => {
      const headers = new Headers();
      request.headers.forEach((before, each) => {
        headers.set(each, before);
      });
      headers.set(name, value);
      return { ...request, headers };
    };

    expect(verdict(request, Date.now())).toBe(true);
    expect(verdict(request, Date.now(), 'another secret')).toBe(false);
    expect(verdict({ ...request, body: Buffer.concat([request.body, Buffer.from(' ')]) }, Date.now())).toBe(
      false,
    );
    expect(verdict(changed('x-amz-target', 'DynamoDB_20120810.DeleteItem'), Date.now())).toBe(false);
    expect(verdict(changed('host', 'elsewhere'), Date.now())).toBe(false);
  });

  it('of our own is right, whatever is signed', () => {
    const text = fc
      .string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 40 })
      .map((word) => `a${word.trim()}b`);
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 200 }),
        text,
        fc.option(text, { nil: undefined }),
        fc.option(text, { nil: null }),
        (body, target, sessionToken, contentType) => {
          const time = signingTime(NOW);
          const contentTypes = contentType === null ? [] : ([['content-type', contentType]] as const);
          const post = postOf([...contentTypes, ['x-amz-target', target]], body, time);
          const headers = new Headers(
            Object.fromEntries(signedHeaders(post, { ...CREDENTIALS, sessionToken }, new SigningKeys())),
          );

          expect(verdict(requestOf(headers, body), NOW)).toBe(true);
          expect(verdict(requestOf(headers, Buffer.concat([body, Buffer.from([1])])), NOW)).toBe(false);
        },
      ),
    );
  });

  const own = (time = signingTime(NOW)): WireRequest => {
    const post = postOf([['x-amz-target', 'DynamoDB_20120810.GetItem']], new Uint8Array(), time);
    const headers = signedHeaders(post, CREDENTIALS, new SigningKeys());
    return requestOf(new Headers(Object.fromEntries(headers)), new Uint8Array());
  };

  it.each([
    [-15, true],
    [-16, false],
    [15, true],
    [16, false],
  ])('%d minutes away from our clock is taken: %s', (minutes, isTaken) => {
    expect(verdict(own(), NOW + minutes * MINUTE)).toBe(isTaken);
  });

  it.each(['', 'yesterday', '20260101'])('without a time is not taken: "%s"', (time) => {
    expect(
      isSignedBy(
        CREDENTIALS,
        signatureIn(own()),
        requestOf(new Headers({ 'x-amz-date': time }), new Uint8Array()),
        NOW,
      ),
    ).toBe(false);
  });

  /** Whether a signature over these headers alone, and right as such, is taken. */
  const isTakenOver = (names: readonly string[]): boolean => {
    const request = own();
    const { scope } = signatureIn(request);
    const covered = names.map((name): [string, string] => [name, request.headers.get(name) ?? '']);
    const { body } = request;
    const post = {
      method: 'POST',
      path: '/',
      query: '',
      headers: covered,
      body,
      time: signingTime(NOW),
    };
    const signature = signatureOf(post, scope, CREDENTIALS.secretAccessKey, new SigningKeys());
    const { accessKeyId } = CREDENTIALS;
    return isSignedBy(CREDENTIALS, { accessKeyId, scope, signedHeaders: names, signature }, request, NOW);
  };
  const NEEDED = ['host', 'x-amz-date', 'x-amz-target'];

  it('that covers host, time and operation is taken', () => {
    expect(isTakenOver(NEEDED)).toBe(true);
  });

  it.each(NEEDED)('that does not cover %s is not taken', (name) => {
    expect(isTakenOver(NEEDED.filter((other) => other !== name))).toBe(false);
  });
});
