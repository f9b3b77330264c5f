import { Agent, type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http';
import type { UpstreamAnswer } from './exchange.ts';

/** What concerns one connection only, and is not passed on. */
const HOP_BY_HOP = new Set(['connection', 'keep-alive', 'transfer-encoding', 'content-length', 'date']);

/** The way from the proxy to DynamoDB, over connections that are kept. */
export class UpstreamConnection {
  readonly #endpoint: string;
  readonly #agent = new Agent({ keepAlive: true });

  constructor(endpoint: string) {
    this.#endpoint = endpoint;
  }

  /** Passes a request on, as it came. */
  async send(method: string, headers: IncomingHttpHeaders, body: Uint8Array): Promise<UpstreamAnswer> {
    const { host: _host, ...kept } = headers;
    const incoming = await new Promise<IncomingMessage>((resolve, reject) => {
      request(this.#endpoint, { method, headers: kept, agent: this.#agent })
        .once('response', resolve)
        .once('error', reject)
        .end(body);
    });
    const bytes = await readBytes(incoming);
    const own = Object.entries(incoming.headers).flatMap(([name, value]) =>
      typeof value === 'string' && !HOP_BY_HOP.has(name) ? [[name, value] as const] : [],
    );
    return {
      status: incoming.statusCode ?? 0,
      headers: { ...Object.fromEntries(own), 'content-length': String(bytes.byteLength) },
      bytes,
    };
  }

  close(): void {
    this.#agent.destroy();
  }
}

export const readBytes = async (incoming: IncomingMessage): Promise<Uint8Array> => {
  const chunks: Uint8Array[] = [];
  for await (const chunk of incoming) chunks.push(chunk);
  return Buffer.concat(chunks);
};
