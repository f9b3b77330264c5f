import type { ByteSocket } from './byte-socket.ts';

/** Writes to a connection as fast as its client reads. */
export class SocketWriter {
  readonly #socket: ByteSocket;
  #unsent: Uint8Array[] = [];
  #wake: (() => void) | undefined;
  #isClosed = false;

  constructor(socket: ByteSocket) {
    this.#socket = socket;
  }

  /** Bytes that wait for the client to read. */
  get unsentBytes(): number {
    return this.#unsent.reduce((sum, { byteLength }) => sum + byteLength, 0);
  }

  write(bytes: Uint8Array): void {
    if (bytes.byteLength === 0 || this.#isClosed) return;
    if (this.#unsent.length === 0) {
      const written = Math.max(0, this.#socket.write(bytes));
      if (written < bytes.byteLength) this.#unsent.push(bytes.subarray(written));
    } else this.#unsent.push(bytes);
  }

  /** Resolves when all that was written is sent, or the connection is closed; undefined if it is so already. */
  sent(): Promise<void> | undefined {
    if (this.#unsent.length === 0) return undefined;
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  /** The system has room again. */
  drained(): void {
    for (let first = this.#unsent[0]; first !== undefined; first = this.#unsent[0]) {
      const written = Math.max(0, this.#socket.write(first));
      if (written < first.byteLength) {
        this.#unsent[0] = first.subarray(written);
        return;
      }
      this.#unsent.shift();
    }
    this.#wake?.();
  }

  closed(): void {
    this.#isClosed = true;
    this.#unsent = [];
    this.#wake?.();
  }
}
