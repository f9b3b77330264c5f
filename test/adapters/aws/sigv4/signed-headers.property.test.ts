import { createHash, createHmac } from 'node:crypto';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { SignatureV4 } from '@smithy/signature-v4';
import fc from 'fast-check';
import { signedHeaders } from '../../../../src/adapters/aws/sigv4/signed-headers.ts';
import { SigningKeys } from '../../../../src/adapters/aws/sigv4/sigv4.ts';

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

/** The Authorization header that the signer of the AWS SDK makes for these headers. */
const authorizationOfSdk = async (
  headers: Readonly<Record<string, string>>,
  body: Uint8Array,
  { sessionToken, region, date }: { sessionToken: string | undefined; region: string; date: Date },
): Promise<string | undefined> => {
  const signer = new SignatureV4({
    credentials: { ...CREDENTIALS, ...(sessionToken === undefined ? {} : { sessionToken }) },
    region,
    service: 'dynamodb',
    sha256: Sha256,
    applyChecksum: false,
  });
  const request = {
    method: 'POST',
    protocol: 'https:',
    hostname: headers.host ?? '',
    path: '/',
    headers,
    body,
  };
  const signed = await signer.sign(request, { signingDate: date });
  return signed.headers.authorization;
};

describe('signedHeaders', () => {
  beforeEach(useTestCredentials);

  it('signs what the signer of the AWS SDK signs, for any x-amz headers, region, host and time', async () => {
    const value = fc.oneof(
      fc.string({ unit: 'grapheme-ascii', maxLength: 20 }),
      fc.string({ unit: fc.constantFrom(' ', '\t', 'a'), maxLength: 8 }),
    );
    const name = fc
      .string({ unit: fc.constantFrom(...'abcdeft-0129'), minLength: 1, maxLength: 8 })
      .map((ending) => `x-amz-${ending}`)
      .filter((each) => !['x-amz-date', 'x-amz-security-token', 'x-amz-target'].includes(each));
    const region = fc.constantFrom('eu-west-1', 'us-gov-east-1', 'cn-north-1', 'xx');
    const host = fc.constantFrom(
      'ddb.example',
      'dynamodb.eu-west-1.amazonaws.com',
      'localhost:8000',
      '127.0.0.1',
    );
    const date = fc.date({ min: new Date('2020-01-01'), max: new Date('2039-12-31'), noInvalidDate: true });
    // One for all: keys that were derived for another day or region must not sign.
    const keys = new SigningKeys();
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(fc.tuple(name, value), { maxLength: 6, selector: ([each]) => each }),
        fc.option(
          value.map((text) => `a/${text}=`),
          { nil: undefined },
        ),
        fc.option(fc.constant('application/x-amz-json-1.0'), { nil: null }),
        fc.uint8Array({ maxLength: 100 }),
        fc.record({ region, host, date }),
        async (more, sessionToken, contentType, body, { region, host, date }) => {
          const target = 'DynamoDB_20120810.GetItem';
          const post = {
            host,
            path: '/',
            target,
            contentType,
            body,
            region,
            time: date.toISOString().replaceAll(/[-:]|\.\d+/g, ''),
            more,
          };
          const ours = new Map(signedHeaders(post, { ...CREDENTIALS, sessionToken }, keys));
          const theirs = await authorizationOfSdk(
            {
              host,
              'x-amz-target': target,
              ...(contentType === null ? {} : { 'content-type': contentType }),
              ...Object.fromEntries(more),
            },
            body,
            { sessionToken, region, date },
          );

          expect(ours.get('authorization')).toBe(theirs);
          for (const [each, text] of more) expect(ours.get(each)).toBe(text);
        },
      ),
    );
  });
});
