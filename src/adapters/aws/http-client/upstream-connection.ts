import type { Socket } from 'node:net';
import { type ResponseListener, ResponseReader } from './response-reader.ts';
import { ResponseTimeoutError } from './transport-error.ts';

/** Half of the time-out for connecting. */
const HALF_CONNECTING_MS = 500;

/** Half of the time-out without a byte. The slowest operations need less until their first byte. */
const HALF_SILENCE_MS = 30_000;

/** Half of the time-out for a complete head, and for complete trailers. */
const HALF_HEAD_MS = 30_000;

/** Time for reading one response before other work runs. A read of 64 KiB in chunks of one byte takes some 2 ms. */
const TURN_MS = 5;
/** The same limit in reads of up to 64 KiB, because the time for using the bytes is not measured. */
const TURN_READS = 8;

/** Error codes that mean that the other side has closed the connection. */
const GONE = new Set(['ECONNABORTED', 'ECONNRESET', 'EPIPE']);

/** Receives one response. */
export interface ResponseSink extends ResponseListener {
  /** The response is complete. */
  end(): void;
  /** The response broke off. */
  fail(error: Error): void;
}

/** Owns a connection and is notified of its state. */
export interface ConnectionKeeper {
  /** The connection can carry another request. */
  idle(connection: UpstreamConnection): void;
  closed(connection: UpstreamConnection): void;
  /** Milliseconds of a monotonic clock. */
  monotonic(): number;
}

/** A socket that exists only after connecting, as through a proxy. */
export interface PendingSocket {
  readonly socket: Promise<Socket>;
  /** Makes `socket` reject, and closes what is open. */
  cancel(): void;
}

/** Opens a socket and passes its bytes to `take`, which returns false to stop. */
export type OpenSocket = (take: (bytes: Buffer) => boolean) => Socket | PendingSocket;

/** One connection, for one request at a time. */
export class UpstreamConnection {
  /** Wall time at which it became idle; set by the keeper. */
  idleSinceMs = 0;
  /** How long the other side keeps an idle connection, as declared. */
  keptForMs = Number.POSITIVE_INFINITY;
  readonly #keeper: ConnectionKeeper;
  #socket: Socket | undefined;
  /** Cancels a connection attempt. */
  #cancel: (() => void) | undefined;
  /** Sends the request that waits for the connection. */
  #held: (() => void) | undefined;
  readonly #halfHeadMs: number;
  #isConnected = false;
  #reader: ResponseReader | undefined;
  #answer: ResponseSink | undefined;
  /** Number of reads: now, before the request, and at half of the silence time-out. Not all runtimes count bytes. */
  #reads = 0;
  #readsBefore = 0;
  #readsAtHalf: number | undefined;
  /** Whether it has completed a request. */
  #hasServed = false;
  #stopDeadline: (() => void) | undefined;
  /** Time and number of reads since other work ran. */
  #turnMs = 0;
  #turnReads = 0;
  /** Whether the receiver has paused the response, and whether other work runs. */
  #isHeld = false;
  #isResting = false;
  #isClosed = false;
  #failure: Error | undefined;

  /**
   * @param readyEvent the event of the socket after which requests can be sent
   * @param halfHeadMs half of the time-out for the head of a response, and for its trailers
   */
  constructor(
    open: OpenSocket,
    readyEvent: 'connect' | 'secureConnect',
    keeper: ConnectionKeeper,
    halfHeadMs = HALF_HEAD_MS,
  ) {
    this.#keeper = keeper;
    this.#halfHeadMs = halfHeadMs;
    const opened = open((bytes) => this.#take(bytes));
    if ('cancel' in opened) this.#await(opened);
    else this.#connect(opened, readyEvent);
  }

  get isConnected(): boolean {
    return this.#isConnected;
  }

  /** Sends a request and reads the response. */
  ask(head: string, body: Uint8Array, answer: ResponseSink): void {
    this.#answer = answer;
    this.#reader = new ResponseReader(answer);
    this.#readsBefore = this.#reads;
    this.#readsAtHalf = undefined;
    this.#turnMs = 0;
    this.#turnReads = 0;
    this.#isHeld = false;
    this.#startDeadline();
    if (this.#socket === undefined) this.#held = () => this.#send(head, body);
    else this.#send(head, body);
  }

  pause(): void {
    this.#isHeld = true;
    this.#socket?.pause();
  }

  resume(): void {
    this.#isHeld = false;
    if (this.#answer !== undefined && !this.#isResting) this.#socket?.resume();
  }

  /** Closes the connection, and fails its request with this error. */
  fail(error: Error): void {
    this.#failure ??= error;
    this.#cancel?.();
    this.#socket?.destroy();
    this.#close();
  }

  /** Whether the error of a request means that the other side had closed the kept connection before. */
  isDeadEnd(error: NodeJS.ErrnoException): boolean {
    return this.#hasServed && this.#reads === this.#readsBefore && GONE.has(error.code ?? '');
  }

  #await(pending: PendingSocket): void {
    this.#cancel = () => pending.cancel();
    pending.socket.then(
      (made) => {
        this.#cancel = undefined;
        if (this.#isClosed) {
          made.destroy();
          return;
        }
        this.#use(made);
        this.#connected(made);
        this.#held?.();
        this.#held = undefined;
      },
      (error) => this.fail(error),
    );
  }

  #connect(socket: Socket, readyEvent: 'connect' | 'secureConnect'): void {
    const stopWaiting = inTwoHalves(HALF_CONNECTING_MS, () =>
      this.fail(new ResponseTimeoutError('the connection was not established in time')),
    );
    socket.once(readyEvent, () => {
      stopWaiting();
      this.#connected(socket);
    });
    socket.once('close', stopWaiting);
    this.#use(socket);
  }

  #connected(socket: Socket): void {
    this.#isConnected = true;
    socket.setTimeout(HALF_SILENCE_MS);
  }

  #use(socket: Socket): void {
    this.#socket = socket;
    socket.on('timeout', () => this.#halfSilent());
    socket.on('error', (error) => this.fail(error));
    socket.on('end', () => this.#end());
    socket.on('close', () => this.#close());
  }

  #send(head: string, body: Uint8Array): void {
    const socket = this.#socket;
    socket?.cork();
    socket?.write(head, 'latin1');
    if (body.byteLength > 0) socket?.write(body);
    socket?.uncork();
  }

  #take(bytes: Buffer): boolean {
    this.#reads += 1;
    const reader = this.#reader;
    if (reader === undefined || this.#isClosed) {
      this.fail(new Error('unsolicited bytes arrived'));
      return false;
    }
    const startedAt = this.#keeper.monotonic();
    try {
      reader.take(bytes);
    } catch (error) {
      this.fail(error instanceof Error ? error : new Error('unreadable', { cause: error }));
      return false;
    }
    if (reader.isDone) this.#complete(reader);
    else if (reader.isInBody) this.#clearDeadline();
    else this.#startDeadline();
    this.#turnMs += this.#keeper.monotonic() - startedAt;
    this.#turnReads += 1;
    const isLong = this.#turnMs > TURN_MS || this.#turnReads >= TURN_READS;
    if (isLong && this.#answer !== undefined) this.#rest();
    return this.#socket?.isPaused() === false;
  }

  /** Continues to read after other work has run. */
  #rest(): void {
    this.#turnMs = 0;
    this.#turnReads = 0;
    this.#isResting = true;
    this.#socket?.pause();
    setImmediate(() => {
      this.#isResting = false;
      if (!this.#isHeld) this.resume();
    });
  }

  /** A head or trailers sent byte by byte never reach the silence time-out. A body has no deadline. */
  #startDeadline(): void {
    this.#stopDeadline ??= inTwoHalves(this.#halfHeadMs, () =>
      this.fail(
        new ResponseTimeoutError('the head or the trailers of the response were not complete in time'),
      ),
    );
  }

  #clearDeadline(): void {
    this.#stopDeadline?.();
    this.#stopDeadline = undefined;
  }

  #complete(reader: ResponseReader): void {
    this.#clearDeadline();
    const answer = this.#answer;
    this.#reader = undefined;
    this.#answer = undefined;
    this.#hasServed = true;
    this.keptForMs = reader.keptForMs ?? Number.POSITIVE_INFINITY;
    const socket = this.#socket;
    if (socket?.isPaused() === true) socket.resume();
    // A server that responds before it has read the whole request does not accept another one.
    if (reader.isLast || socket?.writableLength !== 0) socket?.destroy();
    else this.#keeper.idle(this);
    answer?.end();
  }

  #end(): void {
    const reader = this.#reader;
    if (reader?.end() === true) this.#complete(reader);
    else this.fail(hungUp());
  }

  #halfSilent(): void {
    if (this.#answer === undefined || this.#reads === this.#readsAtHalf) {
      this.fail(new ResponseTimeoutError('no response arrived in time'));
    } else {
      this.#readsAtHalf = this.#reads;
      this.#socket?.setTimeout(HALF_SILENCE_MS);
    }
  }

  #close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#clearDeadline();
    const answer = this.#answer;
    this.#reader = undefined;
    this.#answer = undefined;
    this.#keeper.closed(this);
    answer?.fail(this.#failure ?? hungUp());
  }
}

/** The options of a socket to the host of `url`. */
export const socketOptions = ({ hostname, port }: URL, defaultPort: number) => ({
  // Node.js takes an address of IPv6 without its brackets.
  host: hostname.replace(/^\[|\]$/g, ''),
  port: port === '' ? defaultPort : Number(port),
  noDelay: true,
  keepAlive: true,
  keepAliveInitialDelay: 1000,
});

const hungUp = (): Error => Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });

/** After a freeze, a timer fires before the events that arrived meanwhile. A second timer fires after them. */
export const inTwoHalves = (halfMs: number, giveUp: () => void): (() => void) => {
  let timer = setTimeout(() => {
    timer = setTimeout(giveUp, halfMs);
  }, halfMs);
  return () => clearTimeout(timer);
};
