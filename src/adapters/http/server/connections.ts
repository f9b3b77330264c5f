import { readFileSync } from 'node:fs';
import type { Connection } from '../../../ports/inbound/server.ts';

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
