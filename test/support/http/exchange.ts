import { type IncomingHttpHeaders, type IncomingMessage, type RequestOptions, request } from 'node:http';

/** A complete answer. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly bytes: Buffer;
  /** The bytes as UTF-8. */
  readonly body: string;
}

export interface HttpRequest extends Pick<RequestOptions, 'method' | 'path' | 'agent' | 'signal'> {
  readonly headers?: Readonly<NodeJS.Dict<string | number | string[]>>;
  readonly body?: string | Uint8Array;
}

/** Sends one request and reads the whole answer. Without an agent, the connection is used once. */
export const exchange = async (
  url: string | URL,
  { body, headers = {}, agent = false, ...options }: HttpRequest = {},
): Promise<HttpAnswer> => {
  const incoming = await new Promise<IncomingMessage>((resolve, reject) => {
    request(url, { ...options, agent, headers: { ...headers } })
      .once('response', resolve)
      .once('error', reject)
      .end(body);
  });
  const bytes = await readBytes(incoming);
  return { status: incoming.statusCode ?? 0, headers: incoming.headers, bytes, body: bytes.toString() };
};

/** Reads a whole body. */
export const readBytes = async (incoming: AsyncIterable<Uint8Array>): Promise<Buffer> => {
  const chunks: Uint8Array[] = [];
  for await (const chunk of incoming) chunks.push(chunk);
  return Buffer.concat(chunks);
};
