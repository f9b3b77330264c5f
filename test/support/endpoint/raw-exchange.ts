import { once } from 'node:events';
import { Agent, type IncomingMessage, request } from 'node:http';

/** An answer as it came over the wire. */
export interface RawWireAnswer {
  readonly status: number;
  /** By their names in lower case. */
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

export interface RawOperation {
  /** Whole, with its version: `DynamoDB_20120810.GetItem`. */
  readonly target: string;
  readonly body: string | Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Looks like a signature to whoever checks none. */
export const signedBy = (accessKeyId: string, region = 'us-east-1'): string =>
  `AWS4-HMAC-SHA256 Credential=${accessKeyId}/20260101/${region}/dynamodb/aws4_request, SignedHeaders=host;x-amz-date;x-amz-target, Signature=0000`;

/** Posts an operation without any client in between, and takes the answer as it is. */
export const exchangeRaw = async (
  url: string,
  { target, body, headers = {} }: RawOperation,
  agent?: Agent,
): Promise<RawWireAnswer> => {
  const call = request(url, {
    method: 'POST',
    agent: agent ?? new Agent(),
    headers: {
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': target,
      'x-amz-date': '20260101T000000Z',
      authorization: signedBy('test'),
      'content-length': Buffer.byteLength(body),
      ...headers,
    },
  });
  call.end(body);
  const [response]: IncomingMessage[] = await once(call, 'response');
  if (response === undefined) throw new Error('no response');
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk);
  return { status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) };
};
