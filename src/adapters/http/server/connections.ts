import { readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Connection } from '../../../ports/inbound/server.ts';
import { bodylessAnswer } from './answer-head.ts';

/** Connections accepted above the limit, so that they receive a 429 response. */
const HEADROOM = 64;

/** Below this number of open connections, the descriptor limit is not read. */
const UNCHECKED_CONNECTIONS = 32;

/** Bytes that a rejected client may still send. Closing earlier could reset the connection before it reads the response. */
export const MAX_BYTES_AFTER_REJECTION = 1024 * 1024;

const WITHIN_LIMIT: Connection = { overLimit: false };
const OVER_LIMIT: Connection = { overLimit: true };

/** The server's state of one open connection. */
export interface TrackedConnection {
  tick(): void;
  destroy(): void;
}

/**
 * All open connections, by their sockets. The first `limit` are within the limit. When one of these closes, the oldest
 * connection over the limit takes its place.
 */
export class Connections<Socket extends object, Tracked extends TrackedConnection> {
  readonly #limit: number;
  readonly #readMaxOpen: () => number;
  readonly #withinLimit = new Map<Socket, Tracked>();
  readonly #overLimit = new Map<Socket, Tracked>();
  #maxOpen: number | undefined;

  /** @param readMaxOpen the bound by file descriptors; called once, when 32 connections are open */
  constructor(limit: number, readMaxOpen: () => number = maxConnectionsOfSystem) {
    this.#limit = limit;
    this.#readMaxOpen = readMaxOpen;
  }

  /** Tracks a connection until `remove`. Returns undefined if the connection must be closed: too many are open. */
  admit(socket: Socket, create: () => Tracked): Tracked | undefined {
    const open = this.#withinLimit.size + this.#overLimit.size;
    if (open >= this.#limit + HEADROOM || (open >= UNCHECKED_CONNECTIONS && open >= this.#resolveMaxOpen()))
      return undefined;
    const connections = this.#withinLimit.size < this.#limit ? this.#withinLimit : this.#overLimit;
    const tracked = create();
    connections.set(socket, tracked);
    return tracked;
  }

  of(socket: Socket): Tracked | undefined {
    return this.#withinLimit.get(socket) ?? this.#overLimit.get(socket);
  }

  /** Whether the connection is over the limit, for the handler. */
  limitOf(socket: Socket): Connection {
    return this.#withinLimit.has(socket) ? WITHIN_LIMIT : OVER_LIMIT;
  }

  tick(): void {
    for (const connection of this.#all()) connection.tick();
  }

  destroyAll(): void {
    for (const connection of this.#all()) connection.destroy();
  }

  /** Removes a closed connection. */
  remove(socket: Socket): void {
    if (this.#overLimit.delete(socket) || !this.#withinLimit.delete(socket)) return;
    for (const [longestWaiting, connection] of this.#overLimit) {
      this.#overLimit.delete(longestWaiting);
      this.#withinLimit.set(longestWaiting, connection);
      return;
    }
  }

  #all(): Tracked[] {
    return [...this.#withinLimit.values(), ...this.#overLimit.values()];
  }

  #resolveMaxOpen(): number {
    this.#maxOpen ??= this.#readMaxOpen();
    return this.#maxOpen;
  }
}

/** Descriptors reserved for calls to DynamoDB and for the process itself; at most half of all. */
const RESERVED = 384;

/**
 * The number of connections that leaves enough file descriptors for calls to DynamoDB; infinite if the system has no limit.
 * At the descriptor limit no connection can be accepted, and Bun's event loop spins.
 */
const maxConnectionsOfSystem = (readLimits: () => string = readProcessLimits): number => {
  const limit = Number(/^Max open files +(\d+)/m.exec(read(readLimits))?.[1] ?? Number.POSITIVE_INFINITY);
  return Math.max(Math.floor(limit / 2), limit - RESERVED);
};

const readProcessLimits = (): string => readFileSync('/proc/self/limits', 'latin1');

const read = (readLimits: () => string): string => {
  try {
    return readLimits();
  } catch {
    return '';
  }
};

/** At this number of unanswered requests, reading from the connection pauses until one is answered. */
const MAX_UNANSWERED = 16;

/** One client's connection: bounds its unanswered requests, and closes it when it stalls. */
export class ClientConnection {
  readonly #socket: Socket;
  readonly #stallDetector: StallDetector;
  #unanswered = 0;
  #latestAnswer: ServerResponse | undefined;
  #bytesAtRejection: number | undefined;

  constructor(socket: Socket) {
    this.#socket = socket;
    this.#stallDetector = new StallDetector(socket);
  }

  /** Called when the raw listener takes the connection. Until `handedOver`, no request is ever half received. */
  takenRaw(): void {
    this.#stallDetector.takenRaw();
  }

  /** Called when `node:http` takes the connection, with the number of bytes read of the first request that it receives. */
  handedOver(unansweredBytes: number): void {
    this.#stallDetector.handedOver(unansweredBytes);
  }

  /** Called when the head of a request has arrived. */
  requestBegan(incoming: IncomingMessage, answer: ServerResponse): void {
    this.#latestAnswer = answer;
    this.#stallDetector.requestBegan(incoming, answer);
  }

  /** Called for each request that is not answered synchronously. */
  answerPending(answer: ServerResponse): void {
    this.#unanswered += 1;
    if (this.#unanswered === MAX_UNANSWERED) this.#pause();
    answer.once('close', () => {
      this.#unanswered -= 1;
      if (this.#unanswered === MAX_UNANSWERED - 1) this.#socket.off('resume', this.#pauseAgain).resume();
    });
  }

  tick(): void {
    if (this.#stallDetector.isStalledAfterTick()) this.#socket.destroy();
  }

  /** Answers a malformed request with `status` and no body, and closes the connection. */
  reject(status: string): void {
    if (this.#bytesAtRejection !== undefined) {
      if (this.#socket.bytesRead - this.#bytesAtRejection > MAX_BYTES_AFTER_REJECTION) this.#socket.destroy();
      return;
    }
    this.#bytesAtRejection = this.#socket.bytesRead;
    // Responses written in the same turn of the event loop are still queued, and must be sent first.
    setImmediate(() => this.#writeRejection(status));
  }

  destroy(): void {
    this.#socket.destroy();
  }

  #writeRejection(status: string): void {
    const isAnswerOutstanding = this.#unanswered > 0 || this.#latestAnswer?.writableFinished === false;
    // While a response is outstanding, the client would take this one for it.
    if (isAnswerOutstanding || !this.#socket.writable) this.#socket.destroy();
    // Not destroyed at once: with unread bytes the kernel resets the connection, and the response is lost.
    else this.#socket.end(bodylessAnswer(status));
  }

  #pause(): void {
    // `node:http` resumes the socket after each request that it has parsed, and when sent bytes make room for more.
    this.#socket.on('resume', this.#pauseAgain).pause();
  }

  readonly #pauseAgain = (): void => {
    this.#socket.pause();
  };
}

/** Ticks without a received byte after which the connection of an incomplete request is closed. */
export const SILENT_TICKS = 10;

/** Ticks without a sent byte after which the connection of an unread response is closed. */
export const UNREAD_TICKS = 60;

/**
 * Detects from byte counts whether a client stalls during an exchange. An idle connection never counts as stalled.
 * Time is counted in ticks, because ticks stop while the process is frozen.
 */
class StallDetector {
  readonly #socket: Socket;
  /** The latest request, until it is complete. */
  #incoming: IncomingMessage | undefined;
  #latestAnswer: ServerResponse | undefined;
  /** Bytes read up to the end of the latest complete request; further bytes belong to the next request. */
  #bytesOfRequests = 0;
  #bytesAtTick = 0;
  #sentAtTick = 0;
  #silentTicks = 0;
  #unreadTicks = 0;

  constructor(socket: Socket) {
    this.#socket = socket;
  }

  takenRaw(): void {
    this.#bytesOfRequests = Number.POSITIVE_INFINITY;
  }

  handedOver(unansweredBytes: number): void {
    this.#bytesOfRequests = this.#socket.bytesRead - unansweredBytes;
  }

  /** Called when the head of a request has arrived. */
  requestBegan(incoming: IncomingMessage, answer: ServerResponse): void {
    this.#incoming = incoming;
    this.#latestAnswer = answer;
    this.#bytesOfRequests = this.#socket.bytesRead;
  }

  /** Counts one tick. Returns whether the client has stalled for too many of them. */
  isStalledAfterTick(): boolean {
    const { bytesRead, bytesWritten, writableLength } = this.#socket;
    const sent = bytesWritten - writableLength;
    const silent =
      bytesRead === this.#bytesAtTick && this.#isHalfReceived(bytesRead) && !this.#isRequestWaiting();
    const unread = writableLength > 0 && sent === this.#sentAtTick;
    this.#silentTicks = silent ? this.#silentTicks + 1 : 0;
    this.#unreadTicks = unread ? this.#unreadTicks + 1 : 0;
    this.#bytesAtTick = bytesRead;
    this.#sentAtTick = sent;
    return this.#silentTicks >= SILENT_TICKS || this.#unreadTicks >= UNREAD_TICKS;
  }

  #isHalfReceived(bytesRead: number): boolean {
    if (this.#incoming?.complete === false) return true;
    if (this.#incoming !== undefined && hasBody(this.#incoming)) this.#bytesOfRequests = bytesRead;
    this.#incoming = undefined;
    return bytesRead > this.#bytesOfRequests;
  }

  /** Whether the latest request waits until earlier responses are sent. The server stops reading then, not the client sending. */
  #isRequestWaiting(): boolean {
    return this.#latestAnswer?.socket === null && !this.#latestAnswer.writableEnded;
  }
}

const hasBody = ({ headers }: IncomingMessage): boolean =>
  headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined;

/** Calls `tick` about once a second while the process is not frozen. Returns a function that stops it. */
export type TickSource = (tick: () => void) => () => void;

const TICK_MS = 1000;

/** Ticks of a timer that does not keep the process alive. */
export const timerTicks: TickSource = (tick) => {
  const timer = setInterval(tick, TICK_MS);
  timer.unref();
  return () => clearInterval(timer);
};
