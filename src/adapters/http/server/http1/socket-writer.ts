/** The part of a socket that the HTTP server uses. */
export interface ByteSocket {
  /** Writes as many bytes as the system buffers, and returns their number; negative if the connection is closed. */
  write(bytes: Uint8Array): number;
  /** Closes the server's side after the written bytes. */
  end(): void;
  /** Closes the connection at once. */
  terminate(): void;
  /** Stops reading until `resume`. */
  pause(): void;
  resume(): void;
}

/** Writes to a connection at the pace of its client, and queues the rest. */
export class SocketWriter {
  readonly #socket: ByteSocket;
  #unsent: Uint8Array[] = [];
  #sentBytes = 0;
  #resolveSent: (() => void) | undefined;
  #isClosed = false;

  constructor(socket: ByteSocket) {
    this.#socket = socket;
  }

  /** Bytes queued until the client reads. */
  get unsentBytes(): number {
    return this.#unsent.reduce((sum, { byteLength }) => sum + byteLength, 0);
  }

  /** Bytes sent since the connection was opened. */
  get sentBytes(): number {
    return this.#sentBytes;
  }

  write(bytes: Uint8Array): void {
    if (bytes.byteLength === 0 || this.#isClosed) return;
    if (this.#unsent.length === 0) {
      const written = this.#send(bytes);
      if (written < bytes.byteLength) this.#unsent.push(bytes.subarray(written));
    } else this.#unsent.push(bytes);
  }

  /** Resolves when the queue is sent or the connection is closed; undefined if the queue is empty. */
  sent(): Promise<void> | undefined {
    if (this.#unsent.length === 0) return undefined;
    return new Promise((resolve) => {
      this.#resolveSent = resolve;
    });
  }

  /** Called when the system can buffer more bytes. */
  drained(): void {
    for (let first = this.#unsent[0]; first !== undefined; first = this.#unsent[0]) {
      const written = this.#send(first);
      if (written < first.byteLength) {
        this.#unsent[0] = first.subarray(written);
        return;
      }
      this.#unsent.shift();
    }
    this.#resolveSent?.();
  }

  closed(): void {
    this.#isClosed = true;
    this.#unsent = [];
    this.#resolveSent?.();
  }

  #send(bytes: Uint8Array): number {
    const written = Math.max(0, this.#socket.write(bytes));
    this.#sentBytes += written;
    return written;
  }
}
