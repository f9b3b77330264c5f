import { createHash, createHmac } from 'node:crypto';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { SignatureV4 } from '@smithy/signature-v4';
import fc from 'fast-check';
import {
  canonicalQuery,
  type QueryPairs,
  SigningKeys,
  signedHeaders,
} from '../../../../src/adapters/aws/sigv4/sigv4.ts';
import { useTestCredentials } from '../../../support/dynamodb/test-credentials.ts';

const CREDENTIALS = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG' };

/** The digests that the signer of the AWS SDK asks for, made by Node.js. */
class Sha256 {
  readonly #hash: ReturnType<typeof createHash> | ReturnType<typeof createHmac>;

  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.#hash = secret === undefined ? createHash('sha256') : createHmac('sha256', keyOf(secret));
  }

  update(data: string | ArrayBuffer | ArrayBufferView): void {
    this.#hash.update(keyOf(data));
  }

  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }

  reset(): void {
    throw new TypeError('the signer does not reset');
  }
}

const keyOf = (data: string | ArrayBuffer | ArrayBufferView): string | Uint8Array => {
  if (typeof data === 'string') return data;
  return ArrayBuffer.isView(data)
    ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    : new Uint8Array(data);
};

interface Signing {
  readonly method: string;
  readonly service: string;
  readonly region: string;
  readonly path: string;
  readonly query: QueryPairs;
  readonly body: Uint8Array;
  readonly sessionToken: string | undefined;
  readonly date: Date;
}

/** The query in the form of the SDK: by name, all values of a name together. */
const queryOfSdk = (query: QueryPairs): Record<string, string[]> => {
  const values: Record<string, string[]> = {};
  for (const [name, value] of query) values[name] = [...(values[name] ?? []), value];
  return values;
};

/** The Authorization header that the signer of the AWS SDK makes for these headers. */
const authorizationOfSdk = async (
  headers: Readonly<Record<string, string>>,
  { method, service, region, path, query, body, sessionToken, date }: Signing,
): Promise<string | undefined> => {
  const signer = new SignatureV4({
    credentials: { ...CREDENTIALS, ...(sessionToken === undefined ? {} : { sessionToken }) },
    region,
    service,
    sha256: Sha256,
    applyChecksum: false,
  });
  const signed = await signer.sign(
    {
      method,
      protocol: 'https:',
      hostname: headers.host ?? '',
      path,
      query: queryOfSdk(query),
      headers,
      body,
    },
    { signingDate: date },
  );
  return signed.headers.authorization;
};

/** Text in a query, with all characters that encodings treat differently. */
const queryText = (minLength: number) =>
  fc
    .string({ unit: fc.constantFrom(..."aZ0-._~!'()*+ /?&=%;:@,#ü☃"), minLength, maxLength: 6 })
    // The SDK removes the signature of a signed URL from its query.
    .filter((text) => text.toLowerCase() !== 'x-amz-signature');

describe('signedHeaders', () => {
  beforeEach(useTestCredentials);

  it('signs as the SDK does, for any method, service, path, query, x-amz headers, region, host and time', async () => {
    const value = fc.oneof(
      fc.string({ unit: 'grapheme-ascii', maxLength: 20 }),
      fc.string({ unit: fc.constantFrom(' ', '\t', 'a'), maxLength: 8 }),
    );
    const name = fc
      .string({ unit: fc.constantFrom(...'abcdeft-0129'), minLength: 1, maxLength: 8 })
      .map((ending) => `x-amz-${ending}`)
      .filter((each) => !['x-amz-date', 'x-amz-security-token', 'x-amz-target'].includes(each));
    const segment = fc.oneof(
      fc.constantFrom('', '.', '..', '%2F', 'a'),
      fc
        .string({ unit: fc.constantFrom(..."aZ0-._~!'()*+:@&=$,;%ü☃"), maxLength: 5 })
        .map(encodeURIComponent),
      fc.string({ unit: fc.constantFrom(..."aZ0-._~!'()*+:@&=$,;"), maxLength: 5 }),
    );
    const signing = fc.record({
      method: fc.constantFrom('GET', 'POST', 'PUT', 'PATCH', 'DELETE'),
      service: fc.constantFrom('dynamodb', 'appconfig', 'ssm', 'secretsmanager', 'execute-api'),
      region: fc.constantFrom('eu-west-1', 'us-gov-east-1', 'cn-north-1', 'xx'),
      path: fc.array(segment, { maxLength: 5 }).map((segments) => `/${segments.join('/')}`),
      query: fc.array(fc.tuple(queryText(1), queryText(0)), { maxLength: 5 }),
      body: fc.uint8Array({ maxLength: 100 }),
      sessionToken: fc.option(
        value.map((text) => `a/${text}=`),
        { nil: undefined },
      ),
      date: fc.date({ min: new Date('2020-01-01'), max: new Date('2039-12-31'), noInvalidDate: true }),
    });
    const hosts = fc.constantFrom(
      'ddb.example',
      'ssm.eu-west-1.amazonaws.com',
      'localhost:8000',
      '127.0.0.1',
    );
    // One for all: a key derived for another day, region or service must not sign.
    const keys = new SigningKeys();
    await fc.assert(
      fc.asyncProperty(
        signing,
        hosts,
        fc.shuffledSubarray([
          ['content-type', 'application/x-amz-json-1.1'],
          ['x-amz-target', 'DynamoDB_20120810.GetItem'],
          ['accept', '*/*'],
        ] as const),
        fc.uniqueArray(fc.tuple(name, value), { maxLength: 6, selector: ([each]) => each }),
        async (request, host, first, more) => {
          const headers = [...first, ...more];
          const time = request.date.toISOString().replaceAll(/[-:]|\.\d+/g, '');
          const query = canonicalQuery(request.query);
          const { sessionToken } = request;
          const signed = signedHeaders(
            { ...request, host, query, headers, time },
            { ...CREDENTIALS, sessionToken },
            keys,
          );
          const ours = new Map(signed);
          const theirs = await authorizationOfSdk({ host, ...Object.fromEntries(headers) }, request);

          expect(ours.get('authorization')).toBe(theirs);
          for (const [each, text] of headers) expect(ours.get(each)).toBe(text);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('encodes each segment of a path twice, but not a plain path', () => {
    const authorization = (path: string): string | undefined =>
      new Map(
        signedHeaders(
          {
            service: 'execute-api',
            region: 'eu-west-1',
            method: 'GET',
            host: 'h',
            path,
            query: '',
            headers: [],
            body: new Uint8Array(),
            time: '20260101T000000Z',
          },
          CREDENTIALS,
          new SigningKeys(),
        ),
      ).get('authorization');

    expect(authorization('/a%20b')).not.toBe(authorization('/a b'));
    expect(authorization('/a%20b')).not.toBe(authorization('/a%2520b'));
    expect(authorization('/a//b/../c')).toBe(authorization('/a/c'));
  });
});

describe('canonicalQuery', () => {
  it('reads as the same pairs, in the order of encoded names and values', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(queryText(0), queryText(0)), { maxLength: 6 }), (query) => {
        const text = canonicalQuery(query);
        const read =
          text === '' ? [] : text.split('&').map((pair) => pair.split('=').map(decodeURIComponent));
        const order = (left: unknown, right: unknown): number => (String(left) < String(right) ? -1 : 1);

        expect(text).not.toMatch(/[+ !'()*]/);
        expect(read.map((pair) => JSON.stringify(pair)).sort(order)).toEqual(
          query.map((pair) => JSON.stringify(pair)).sort(order),
        );
      }),
    );
  });
});
