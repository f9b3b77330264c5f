import type { Agent } from 'node:http';
import { exchange, type HttpAnswer } from '../http/exchange.ts';

export interface WireOperation {
  /** With its version: `DynamoDB_20120810.GetItem`. */
  readonly target: string;
  readonly body: string | Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A signature in form only, for servers that do not check it. */
export const signedBy = (accessKeyId: string, region = 'us-east-1'): string =>
  `AWS4-HMAC-SHA256 Credential=${accessKeyId}/20260101/${region}/dynamodb/aws4_request, SignedHeaders=host;x-amz-date;x-amz-target, Signature=0000`;

/** Posts an operation of DynamoDB without a client library. */
export const postOperation = (
  url: string,
  { target, body, headers = {} }: WireOperation,
  agent?: Agent,
): Promise<HttpAnswer> =>
  exchange(url, {
    method: 'POST',
    body,
    headers: {
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': target,
      'x-amz-date': '20260101T000000Z',
      authorization: signedBy('test'),
      'content-length': Buffer.byteLength(body),
      ...headers,
    },
    ...(agent === undefined ? {} : { agent }),
  });

/**
 * Makes one call to a DynamoDB that checks no signatures.
 *
 * @throws {Error} if the status is not 200
 */
export const callDynamoDb = async (url: string, operation: string, input: unknown): Promise<string> => {
  const target = `DynamoDB_20120810.${operation}`;
  const { status, body } = await postOperation(url, { target, body: JSON.stringify(input) });
  if (status !== 200) throw new Error(`${operation} failed: ${body}`);
  return body;
};
