import type { Socket } from 'node:net';
import { RawOrigin } from '../dynamodb/raw-origin.ts';

/** What an answer never comes to the end of. */
export interface Endless {
  /** What is written once, before all else; one character for each byte. */
  readonly begin: string;
  /** What is written again and again. */
  readonly unit: string;
}

const WRITE_BYTES = 65_536;
const EMPTY = 'HTTP/1.1 200 OK\r\ncontent-type: application/x-amz-json-1.0\r\ncontent-length: 2\r\n\r\n{}';

/** In the place of DynamoDB: says that there is nothing, or answers without an end. */
export class EndlessOrigin {
  /** Of all answers without an end. */
  writtenBytes = 0;
  endless: Endless | undefined;
  #writing = 0;
  readonly #origin: RawOrigin;

  private constructor(origin: RawOrigin) {
    this.#origin = origin;
    origin.answerWith((socket) => {
      if (this.endless === undefined) socket.write(EMPTY);
      else void this.#writeWithoutEnd(socket, this.endless);
    });
  }

  static async start(): Promise<EndlessOrigin> {
    return new EndlessOrigin(await RawOrigin.start());
  }

  get url(): string {
    return this.#origin.url.origin;
  }

  /** Connections over which an answer without an end still comes. */
  get endlessConnections(): number {
    return this.#writing;
  }

  close(): Promise<void> {
    return this.#origin.close();
  }

  async #writeWithoutEnd(socket: Socket, { begin, unit }: Endless): Promise<void> {
    const block = Buffer.from(unit.repeat(Math.ceil(WRITE_BYTES / unit.length)), 'latin1');
    this.#writing += 1;
    socket.write(begin, 'latin1');
    while (!socket.destroyed) {
      this.writtenBytes += block.byteLength;
      if (!socket.write(block)) await whenWritable(socket);
      // So that the other side gets its turn where both run in one process.
      await new Promise((resolve) => setImmediate(resolve));
    }
    this.#writing -= 1;
  }
}

/** Resolves when more may be written, and also when the connection is closed. */
const whenWritable = (socket: Socket): Promise<void> =>
  new Promise((resolve) => {
    const settle = () => {
      socket.off('drain', settle).off('close', settle);
      resolve();
    };
    socket.on('drain', settle).on('close', settle);
  });
