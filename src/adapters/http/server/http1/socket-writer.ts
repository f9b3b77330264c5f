import { httpDate } from '../http-date.ts';

/** A connection that takes and gives bytes. */
export interface ByteSocket {
  /** Takes as many bytes as the system has room for, and returns their number: less than 0 if the connection is closed. */
  write(bytes: Uint8Array): number;
  /** Says that nothing more will be written. */
  end(): void;
  /** Ends the connection at once. */
  terminate(): void;
  /** Stops reading, so that the client has to wait, until `resume`. */
  pause(): void;
  resume(): void;
}

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

/** The reasons of the statuses that the routes give; those of others are left empty, as RFC 9112 allows. */
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

/** Status line and headers, without what is said of the connection and the empty line at the end. */
export const answerHead = (status: number, headers: Readonly<Record<string, string>>): string => {
  let head = `HTTP/1.1 ${status} ${REASONS[status] ?? ''}\r\n`;
  for (const name in headers) if (name !== 'date') head += `${name}: ${headers[name]}\r\n`;
  return `${head}Date: ${httpDate()}\r\n`;
};
