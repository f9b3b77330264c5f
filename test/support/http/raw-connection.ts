import { connect, type Socket } from 'node:net';

/** An answer as it came over the wire. */
export interface RawAnswer {
  readonly status: number;
  readonly reason: string;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A connection of a client that sends any bytes. It stays open, whatever the server says of how long it keeps it. */
export class RawConnection {
  readonly socket: Socket;
  /** Resolves when the connection is gone, however that came. */
  readonly closed: Promise<void>;
  #received = Buffer.alloc(0);

  private constructor(socket: Socket) {
    this.socket = socket;
    this.closed = new Promise((resolve) => socket.once('close', () => resolve()));
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => {
      this.#received = Buffer.concat([this.#received, chunk]);
    });
  }

  /** @param isStubborn whether the client may send after the server has ended its side */
  static connect(port: number, host = '127.0.0.1', isStubborn = false): Promise<RawConnection> {
    return new Promise((resolve, reject) => {
      const socket = connect({ port, host, allowHalfOpen: isStubborn });
      const client = new RawConnection(socket);
      socket.once('connect', () => resolve(client));
      socket.once('error', reject);
    });
  }

  /** What was received and is not yet returned as an answer. */
  get received(): string {
    return this.#received.toString('latin1');
  }

  get isClosed(): boolean {
    return this.socket.closed;
  }

  /** Sends text, one byte for each character. */
  send(text: string): void {
    this.socket.write(text, 'latin1');
  }

  /** Sends a GET with these header lines beside the Host. */
  get(target: string, ...headers: readonly string[]): void {
    this.send([`GET ${target} HTTP/1.1`, 'Host: localhost', ...headers, '', ''].join('\r\n'));
  }

  /**
   * Resolves with the next answer; rejects if the connection ends first.
   *
   * @param withBody false for the answer to a HEAD request
   */
  async answer(withBody = true): Promise<RawAnswer> {
    while (true) {
      const answer = this.#takeAnswer(withBody);
      if (answer !== undefined) return answer;
      if (this.socket.destroyed || this.socket.readableEnded)
        throw new Error(`the server hung up after: ${this.received}`);
      await new Promise<void>((resolve) => {
        const wake = () => {
          this.socket.off('data', wake).off('end', wake).off('close', wake);
          resolve();
        };
        this.socket.on('data', wake).on('end', wake).on('close', wake);
      });
    }
  }

  destroy(): void {
    this.socket.destroy();
  }

  #takeAnswer(withBody: boolean): RawAnswer | undefined {
    const headEnd = this.#received.indexOf('\r\n\r\n');
    if (headEnd === -1) return undefined;
    const [statusLine = '', ...lines] = this.#received.toString('latin1', 0, headEnd).split('\r\n');
    const headers = Object.fromEntries(
      lines.map((line) => [
        line.slice(0, line.indexOf(':')).toLowerCase(),
        line.slice(line.indexOf(':') + 1).trim(),
      ]),
    );
    const start = headEnd + 4;
    const end = start + (withBody ? Number(headers['content-length'] ?? 0) : 0);
    if (this.#received.length < end) return undefined;
    const body = this.#received.subarray(start, end).toString('utf8');
    this.#received = this.#received.subarray(end);
    const [, status, ...reason] = statusLine.split(' ');
    return { status: Number(status), reason: reason.join(' '), headers, body };
  }
}

/** The result of sending bytes on a connection of their own. */
interface BytesExchange {
  /** All bytes that came back, one character each. */
  readonly received: string;
  /** Whether the server reset the connection. */
  readonly wasReset: boolean;
}

/** After this long without bytes from the server, the client ends its side. */
const PATIENCE_MS = 200;

/**
 * Sends bytes on a connection of their own, and resolves when the server has closed it.
 * Rejects if the server cannot be reached, or keeps the connection open for longer than `limitMs`.
 *
 * @param asksForClose whether the bytes make the server close the connection; if not, the client ends its side
 */
export const exchangeBytes = (
  port: number,
  bytes: Uint8Array,
  asksForClose: boolean,
  limitMs = 20_000,
): Promise<BytesExchange> =>
  new Promise((resolve, reject) => {
    let wasConnected = false;
    let wasReset = false;
    let received = '';
    let patience: NodeJS.Timeout | undefined;
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true }, () => {
      wasConnected = true;
      socket.write(bytes);
      // Not before: on a busy machine the connection alone may take as long.
      patience = setTimeout(() => socket.end(), asksForClose ? limitMs : PATIENCE_MS);
    });
    const limit = setTimeout(() => {
      reject(new Error(`still open after ${limitMs} ms`));
      socket.destroy();
    }, limitMs);
    socket.setEncoding('latin1');
    socket.on('data', (chunk: string) => {
      received += chunk;
      patience?.refresh();
    });
    socket.on('end', () => socket.end());
    socket.on('error', (error: NodeJS.ErrnoException) => {
      if (wasConnected && (error.code === 'ECONNRESET' || error.code === 'EPIPE')) wasReset = true;
      else reject(error);
    });
    socket.on('close', () => {
      clearTimeout(patience);
      clearTimeout(limit);
      resolve({ received, wasReset });
    });
  });
