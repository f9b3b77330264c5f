import { httpDate } from '../http-date.ts';

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
  #resolveSent: (() => void) | undefined;
  #isClosed = false;

  constructor(socket: ByteSocket) {
    this.#socket = socket;
  }

  /** Bytes queued until the client reads. */
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
      const written = Math.max(0, this.#socket.write(first));
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
}

/** Reason phrases of the statuses that the routes use; others get an empty one, as RFC 9112 allows. */
const REASONS: Readonly<Record<number, string>> = {
  200: 'OK',
  204: 'No Content',
  304: 'Not Modified',
  400: 'Bad Request',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  413: 'Payload Too Large',
  417: 'Expectation Failed',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
  504: 'Gateway Timeout',
};

/** Status line and headers, without framing, `Connection` and the empty line at the end. */
export const answerHead = (status: number, headers: Readonly<Record<string, string>>): string => {
  let head = `HTTP/1.1 ${status} ${REASONS[status] ?? ''}\r\n`;
  for (const name in headers) if (name !== 'date') head += `${name}: ${headers[name]}\r\n`;
  return `${head}Date: ${httpDate()}\r\n`;
};
