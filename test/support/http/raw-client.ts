import { connect, type Socket } from 'node:net';

/** An answer as it came over the wire. */
export interface RawAnswer {
  readonly status: number;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A client that sends whatever bytes it is given. */
export class RawClient {
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

  /** Connects; a stubborn client goes on sending after the server has ended its side. */
  static connect(port: number, host: string, isStubborn = false): Promise<RawClient> {
    return new Promise((resolve, reject) => {
      const socket = connect({ port, host, allowHalfOpen: isStubborn });
      const client = new RawClient(socket);
      socket.once('connect', () => resolve(client));
      socket.once('error', reject);
    });
  }

  /** Everything received and not yet taken as an answer. */
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

  /** The next answer; rejects if the connection ends before it. `withBody` is false for one to HEAD. */
  async answer(withBody = true): Promise<RawAnswer> {
    while (true) {
      const answer = this.#takeAnswer(withBody);
      if (answer !== undefined) return answer;
      if (this.socket.destroyed || this.socket.readableEnded)
        throw new Error(`no answer in: ${this.received}`);
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
    const headEnd = this.received.indexOf('\r\n\r\n');
    if (headEnd === -1) return undefined;
    const [statusLine = '', ...lines] = this.received.slice(0, headEnd).split('\r\n');
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
    return { status: Number(statusLine.split(' ')[1]), headers, body };
  }
}
