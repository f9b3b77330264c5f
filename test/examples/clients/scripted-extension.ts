import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

export interface ScriptedRequest {
  readonly url: string;
  /** Its number among the requests of its connection, from 1. */
  readonly turn: number;
}

/** What becomes of a request; nothing, and it waits. */
export type Script = (response: ServerResponse, request: ScriptedRequest) => void;

/** What listens in place of the extension, and does what no extension should. */
export class ScriptedExtension {
  /** What is done from now on. */
  script: Script;
  requests = 0;
  readonly #turns = new Map<Socket, number>();
  readonly #server = createServer((incoming, response) => {
    const turn = (this.#turns.get(incoming.socket) ?? 0) + 1;
    this.#turns.set(incoming.socket, turn);
    this.requests += 1;
    this.script(response, { url: incoming.url ?? '', turn });
  });

  private constructor(script: Script) {
    this.script = script;
    this.#server.keepAliveTimeout = 0;
  }

  static async start(script: Script): Promise<ScriptedExtension> {
    const extension = new ScriptedExtension(script);
    await once(extension.#server.listen(0, '127.0.0.1'), 'listening');
    return extension;
  }

  get port(): number {
    const address = this.#server.address();
    if (typeof address !== 'object' || address === null) throw new Error('it does not listen');
    return address.port;
  }

  /** How many connections have had a request. */
  get connections(): number {
    return this.#turns.size;
  }

  async close(): Promise<void> {
    await new Promise((resolve) => {
      this.#server.close(resolve);
      this.#server.closeAllConnections();
    });
  }
}

/** Answers with JSON, complete. */
export const answerJson = (response: ServerResponse, status: number, body: string): void => {
  const type = status === 200 ? 'application/json' : 'application/problem+json';
  response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(body) }).end(body);
};
