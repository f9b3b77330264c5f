import type { Socket } from 'node:net';
import { type ResponseListener, ResponseReader } from './response-reader.ts';
import { ResponseTimeoutError } from './transport-error.ts';

/** Half of the longest time to make a connection. */
const HALF_CONNECTING_MS = 500;

/** Half of the longest time without a byte, in which the largest pages of the slowest operations begin to come. */
const HALF_SILENCE_MS = 30_000;

/** Half of the longest time in which the head of an answer must be complete, and the same for the trailers. */
const HALF_HEAD_MS = 30_000;

/** How long one answer is read before others run. A read of 64 KiB in chunks of one byte takes some 2 ms. */
const TURN_MS = 5;
/** The same in reads, each of up to 64 KiB: what is done with them is not part of that time. */
const TURN_READS = 8;

/** How Node reports that the other side is gone. */
const GONE = new Set(['ECONNABORTED', 'ECONNRESET', 'EPIPE']);

/** Takes one response. */
export interface ResponseSink extends ResponseListener {
  /** All of it has come. */
  end(): void;
  /** The rest will not come. */
  fail(error: Error): void;
}

/** Owns a connection, and learns how it ends. */
export interface ConnectionKeeper {
  /** It can carry another request. */
  idle(connection: UpstreamConnection): void;
  closed(connection: UpstreamConnection): void;
  /** Milliseconds of a clock that never steps back. */
  monotonic(): number;
}

/** A socket that is there only when a connection has been made, as through a proxy. */
export interface PendingSocket {
  readonly socket: Promise<Socket>;
  /** Makes `socket` reject, and closes what is open. */
  cancel(): void;
}

/** What opens a socket, whose bytes come to `take`, until that returns false. */
export type OpenSocket = (take: (bytes: Buffer) => boolean) => Socket | PendingSocket;

/** One connection to the other side, for one request at a time. */
export class UpstreamConnection {
  /** Wall time since which it has been idle, for its keeper. */
  idleSinceMs = 0;
  /** How long the other side says that it keeps it then. */
  keptForMs = Number.POSITIVE_INFINITY;
  readonly #keeper: ConnectionKeeper;
  #socket: Socket | undefined;
  /** What ends a connection that is yet to be made. */
  #cancel: (() => void) | undefined;
  /** The request that waits for that. */
  #held: (() => void) | undefined;
  readonly #halfHeadMs: number;
  #isConnected = false;
  #reader: ResponseReader | undefined;
  #answer: ResponseSink | undefined;
  /** Reads that brought something, not all runtimes count bytes: now, before the request, and when half of a silence was over. */
  #reads = 0;
  #readsBefore = 0;
  #readsAtHalf: number | undefined;
  /** Whether it has carried a request to the end. */
  #hasServed = false;
  #stopDeadline: (() => void) | undefined;
  /** For how long this answer has been read since others ran, and how often. */
  #turnMs = 0;
  #turnReads = 0;
  /** Whether the taker of the answer wants no more for now, and whether others run meanwhile. */
  #isHeld = false;
  #isResting = false;
  #isClosed = false;
  #failure: Error | undefined;

  /**
   * @param readyEvent which says that the connection is made: of the socket, or of its encryption
   * @param halfHeadMs half of the longest time for the head of an answer, and for its trailers
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

  /** Sends a request, and reads the answer. */
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

  /** Ends it, and what is under way on it for this reason. */
  fail(error: Error): void {
    this.#failure ??= error;
    this.#cancel?.();
    this.#socket?.destroy();
    this.#close();
  }

  /** Whether an error of the request under way says that the connection, which had served before, turned out to be dead. */
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
      this.fail(new ResponseTimeoutError('no connection was made in time')),
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
      this.fail(new Error('something came that nobody asked for'));
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

  /** Reads on after others have run. */
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

  /** A head or trailers that come byte by byte are never silent for long. A body may take its time. */
  #startDeadline(): void {
    this.#stopDeadline ??= inTwoHalves(this.#halfHeadMs, () =>
      this.fail(new ResponseTimeoutError('the head or the trailers of the answer were not complete in time')),
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
    // What answers before it has the whole request will not take another.
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
      this.fail(new ResponseTimeoutError('no answer came in time'));
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

const hungUp = (): Error => Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });

/** After a freeze a timer is due before the connection is seen that was made meanwhile, but not a second one. */
export const inTwoHalves = (halfMs: number, giveUp: () => void): (() => void) => {
  let timer = setTimeout(() => {
    timer = setTimeout(giveUp, halfMs);
  }, halfMs);
  return () => clearTimeout(timer);
};
