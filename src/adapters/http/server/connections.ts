import { readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Connection } from '../../../ports/inbound/server.ts';
import { bareAnswer } from './http-date.ts';

/** How many connections beyond the limit are let in, to be told that they are too many. */
const HEADROOM = 64;

/** Below this number of connections, the descriptor limit is not read. */
const FEW = 32;

/** Bytes that a client may still send after its refusal, so that it can read the refusal. */
export const MAX_BYTES_AFTER_REFUSAL = 1024 * 1024;

const WITHIN_LIMIT: Connection = { overLimit: false };
const OVER_LIMIT: Connection = { overLimit: true };

/** What is kept of a connection. */
export interface HeldConnection {
  tick(): void;
  destroy(): void;
}

/**
 * All open connections, by their sockets. The first `limit` have a slot; a later one gets it as soon as one with a slot closes.
 */
export class Connections<Socket extends object, Held extends HeldConnection> {
  readonly #limit: number;
  readonly #mostConnections: () => number;
  readonly #withSlot = new Map<Socket, Held>();
  readonly #overLimit = new Map<Socket, Held>();
  #most: number | undefined;

  /** @param most how many the system has descriptors for; asked once, when there are more than a few */
  constructor(limit: number, most: () => number = mostConnections) {
    this.#limit = limit;
    this.#mostConnections = most;
  }

  /** Keeps account of a connection until it is forgotten; undefined if there are far too many. */
  admit(socket: Socket, hold: () => Held): Held | undefined {
    const open = this.#withSlot.size + this.#overLimit.size;
    if (open >= this.#limit + HEADROOM || (open >= FEW && open >= this.#mostOpen())) return undefined;
    const side = this.#withSlot.size < this.#limit ? this.#withSlot : this.#overLimit;
    const held = hold();
    side.set(socket, held);
    return held;
  }

  of(socket: Socket): Held | undefined {
    return this.#withSlot.get(socket) ?? this.#overLimit.get(socket);
  }

  /** What a handler learns of the connection. */
  limitOf(socket: Socket): Connection {
    return this.#withSlot.has(socket) ? WITHIN_LIMIT : OVER_LIMIT;
  }

  tick(): void {
    for (const connection of this.#all()) connection.tick();
  }

  destroyAll(): void {
    for (const connection of this.#all()) connection.destroy();
  }

  /** It is closed. */
  forget(socket: Socket): void {
    if (this.#overLimit.delete(socket) || !this.#withSlot.delete(socket)) return;
    for (const [longestWaiting, connection] of this.#overLimit) {
      this.#overLimit.delete(longestWaiting);
      this.#withSlot.set(longestWaiting, connection);
      return;
    }
  }

  #all(): Held[] {
    return [...this.#withSlot.values(), ...this.#overLimit.values()];
  }

  #mostOpen(): number {
    this.#most ??= this.#mostConnections();
    return this.#most;
  }
}

/** Descriptors that are left for calls of DynamoDB and for the process itself, where there are many. */
const RESERVED = 384;

/**
 * How many connections may be open so that descriptors are left for calls of DynamoDB; without a bound where the system has no
 * such limit. At the limit itself nothing can be accepted any more, and the loop of Bun spins.
 */
export const mostConnections = (readLimits: () => string = readProcessLimits): number => {
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

/** Unanswered requests of one connection at which it is read no further until one is answered. */
const MAX_UNANSWERED = 16;

/** One client's connection: bounds what it may keep waiting, and ends it when it is stuck. */
export class ClientConnection {
  readonly #socket: Socket;
  readonly #slowRequests: SlowRequests;
  #unanswered = 0;
  #latestAnswer: ServerResponse | undefined;
  #bytesAtRefusal: number | undefined;

  constructor(socket: Socket) {
    this.#socket = socket;
    this.#slowRequests = new SlowRequests(socket);
  }

  /** The head of a request has arrived. */
  began(incoming: IncomingMessage, answer: ServerResponse): void {
    this.#latestAnswer = answer;
    this.#slowRequests.began(incoming);
  }

  /** A request could not be answered at once. */
  awaits(answer: ServerResponse): void {
    this.#unanswered += 1;
    // Not at once: the parser sets the socket going again at the end of each request of what has been read.
    if (this.#unanswered === MAX_UNANSWERED) process.nextTick(() => this.#pauseIfFull());
    answer.once('close', () => {
      this.#unanswered -= 1;
      if (this.#unanswered === MAX_UNANSWERED - 1) this.#socket.resume();
    });
  }

  tick(): void {
    if (this.#slowRequests.isStuckAfterTick()) this.#socket.destroy();
  }

  /** Answers what is no HTTP with a bare `status`, and ends the connection. */
  refuse(status: string): void {
    if (this.#bytesAtRefusal !== undefined) {
      if (this.#socket.bytesRead - this.#bytesAtRefusal > MAX_BYTES_AFTER_REFUSAL) this.#socket.destroy();
      return;
    }
    this.#bytesAtRefusal = this.#socket.bytesRead;
    // Answers that were given in the same breath stand in a queue, which they leave before this.
    setImmediate(() => this.#sayRefusal(status));
  }

  destroy(): void {
    this.#socket.destroy();
  }

  #sayRefusal(status: string): void {
    const isOwed = this.#unanswered > 0 || this.#latestAnswer?.writableFinished === false;
    // With an answer still owed, the client would take the refusal for that answer.
    if (isOwed || !this.#socket.writable) this.#socket.destroy();
    // Not destroyed at once: bytes that nobody read make the kernel reset the connection, refusal and all.
    else this.#socket.end(bareAnswer(status));
  }

  #pauseIfFull(): void {
    if (this.#unanswered >= MAX_UNANSWERED) this.#socket.pause();
  }
}

/** Ticks without a byte after which a half-sent request is given up. */
export const SILENT_TICKS = 10;

/** Ticks after which an answer that its client does not read is given up. */
export const UNREAD_TICKS = 60;

/**
 * Tells from its bytes whether the client of one connection got stuck in the middle of an exchange.
 * Time is counted in ticks, which stand still while the process is frozen; an idle connection is never stuck.
 */
export class SlowRequests {
  readonly #socket: Socket;
  /** The latest request, until it is known to be complete. */
  #incoming: IncomingMessage | undefined;
  /** What had been read when the latest request was complete; more is the beginning of another. */
  #bytesOfRequests = 0;
  #bytesAtTick = 0;
  #unsentAtTick = 0;
  #silentTicks = 0;
  #unreadTicks = 0;

  constructor(socket: Socket) {
    this.#socket = socket;
  }

  /** The head of a request has arrived. */
  began(incoming: IncomingMessage): void {
    this.#incoming = incoming;
    this.#bytesOfRequests = this.#socket.bytesRead;
  }

  /** Counts one tick, and says whether the client has been stuck for too many. */
  isStuckAfterTick(): boolean {
    const { bytesRead, writableLength } = this.#socket;
    const silent = bytesRead === this.#bytesAtTick && this.#isHalfSent(bytesRead);
    const unread = writableLength > 0 && writableLength === this.#unsentAtTick;
    this.#silentTicks = silent ? this.#silentTicks + 1 : 0;
    this.#unreadTicks = unread ? this.#unreadTicks + 1 : 0;
    this.#bytesAtTick = bytesRead;
    this.#unsentAtTick = writableLength;
    return this.#silentTicks >= SILENT_TICKS || this.#unreadTicks >= UNREAD_TICKS;
  }

  #isHalfSent(bytesRead: number): boolean {
    if (this.#incoming?.complete === false) return true;
    if (this.#incoming !== undefined && hasBody(this.#incoming)) this.#bytesOfRequests = bytesRead;
    this.#incoming = undefined;
    return bytesRead > this.#bytesOfRequests;
  }
}

const hasBody = ({ headers }: IncomingMessage): boolean =>
  headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined;

/** Calls `tick` about once a second while the process runs, until the function that it returns is called. */
export type TickSource = (tick: () => void) => () => void;

const TICK_MS = 1000;

/** Ticks off a timer that does not keep the process alive. */
export const timerTicks: TickSource = (tick) => {
  const timer = setInterval(tick, TICK_MS);
  timer.unref();
  return () => clearInterval(timer);
};
