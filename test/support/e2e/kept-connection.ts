import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** A connection that stays open, whatever the server says of how long it will keep it. */
export class KeptConnection {
  readonly #socket: Socket;
  #received = '';
  #error: Error | undefined;
  #hungUp = false;
  #wake: () => void = () => undefined;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setEncoding('latin1');
    socket.on('data', (chunk: string) => {
      this.#received += chunk;
      this.#wake();
    });
    socket.on('error', (error) => {
      this.#error = error;
    });
    socket.on('close', () => {
      this.#hungUp = true;
      this.#wake();
    });
  }

  static async open(port: number): Promise<KeptConnection> {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    return new KeptConnection(socket);
  }

  /** Sends the bytes as they are. */
  send(text: string): void {
    this.#socket.write(text);
  }

  /** Sends one GET request. */
  ask(path: string): void {
    this.send(`GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
  }

  /** Resolves with the next answer, head and body; rejects if the server hangs up before it is complete. */
  async answer(): Promise<string> {
    for (;;) {
      const length = lengthOfAnswer(this.#received);
      if (length !== undefined && this.#received.length >= length) {
        const answer = this.#received.slice(0, length);
        this.#received = this.#received.slice(length);
        return answer;
      }
      if (this.#hungUp) throw new Error('the server hung up', { cause: this.#error });
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  close(): void {
    this.#socket.destroy();
  }
}

/** By its Content-Length; undefined until the head is complete. One byte a character is assumed. */
const lengthOfAnswer = (received: string): number | undefined => {
  const headEnd = received.indexOf('\r\n\r\n');
  if (headEnd === -1) return undefined;
  const [, length = '0'] = /^content-length: (\d+)/im.exec(received.slice(0, headEnd)) ?? [];
  return headEnd + 4 + Number(length);
};
