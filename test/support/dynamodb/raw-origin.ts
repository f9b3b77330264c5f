import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';

/** What is done on a connection with the text of a request that came whole, one character for each byte. */
export type RawAnswer = (socket: Socket, request: string) => void;

/** In the place of DynamoDB: writes whatever bytes a test has laid out, request by request; the last is written again and again. */
export class RawOrigin {
  readonly sockets: Socket[] = [];
  readonly requests: string[] = [];
  readonly #server: Server;
  #answers: readonly RawAnswer[] = [];

  private constructor() {
    this.#server = createServer((socket) => this.#serve(socket));
  }

  static async start(...answers: readonly RawAnswer[]): Promise<RawOrigin> {
    const origin = new RawOrigin();
    origin.answerWith(...answers);
    origin.#server.listen(0, '127.0.0.1');
    await once(origin.#server, 'listening');
    return origin;
  }

  get url(): URL {
    const address = this.#server.address();
    return new URL(`http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}/`);
  }

  answerWith(...answers: readonly RawAnswer[]): void {
    this.#answers = answers;
  }

  /** Resolves when the connection that was made first is closed, however that came. */
  firstClosed(): Promise<void> {
    return new Promise((resolve) => {
      const [socket] = this.sockets;
      if (socket === undefined || socket.destroyed) resolve();
      else socket.once('close', () => resolve());
    });
  }

  async close(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    for (const socket of this.sockets) socket.destroy();
    await closed;
  }

  #serve(socket: Socket): void {
    this.sockets.push(socket);
    let text = '';
    socket.on('error', () => undefined);
    socket.on('data', (bytes: Buffer) => {
      text += bytes.toString('latin1');
      const length = Number(/content-length: (\d+)/.exec(text)?.[1]);
      const whole = text.indexOf('\r\n\r\n') + 4 + length;
      if (!(text.length >= whole)) return;
      this.requests.push(text.slice(0, whole));
      const [answer, ...rest] = this.#answers;
      if (rest.length > 0) this.#answers = rest;
      const request = text.slice(0, whole);
      text = text.slice(whole);
      answer?.(socket, request);
    });
  }
}

/** Writes these bytes. */
export const bytes =
  (...pieces: readonly (string | Uint8Array)[]): RawAnswer =>
  (socket) => {
    for (const piece of pieces) socket.write(piece, 'latin1');
  };

/** Writes these bytes, and ends the connection. */
export const bytesAndEnd =
  (...pieces: readonly (string | Uint8Array)[]): RawAnswer =>
  (socket) => {
    for (const piece of pieces) socket.write(piece, 'latin1');
    socket.end();
  };

/** An answer of status 200 with a body, and further header lines if need be. */
export const answer = (body: string, headers = ''): RawAnswer =>
  bytes(`HTTP/1.1 200 OK\r\n${headers}Content-Length: ${Buffer.byteLength(body, 'latin1')}\r\n\r\n${body}`);
