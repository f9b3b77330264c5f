import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { ClientConnection } from './client-connection.ts';

/** How many connections beyond the limit are let in, to be told that they are too many. */
const HEADROOM = 64;

/** All open connections. The first `limit` have a slot; a later one gets it as soon as one with a slot closes. */
export class Connections {
  readonly #limit: number;
  readonly #withSlot = new Map<Duplex, ClientConnection>();
  readonly #overLimit = new Map<Duplex, ClientConnection>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Keeps account of `socket` until it closes; ends it at once if there are far too many. */
  accept(socket: Socket): void {
    if (this.#withSlot.size + this.#overLimit.size >= this.#limit + HEADROOM) {
      socket.destroy();
      return;
    }
    const side = this.#withSlot.size < this.#limit ? this.#withSlot : this.#overLimit;
    side.set(socket, new ClientConnection(socket));
    socket.once('close', () => this.#forget(socket));
  }

  of(socket: Duplex): ClientConnection | undefined {
    return this.#withSlot.get(socket) ?? this.#overLimit.get(socket);
  }

  isOverLimit(socket: Duplex): boolean {
    return !this.#withSlot.has(socket);
  }

  tick(): void {
    for (const connection of this.#all()) connection.tick();
  }

  destroyAll(): void {
    for (const connection of this.#all()) connection.destroy();
  }

  #all(): ClientConnection[] {
    return [...this.#withSlot.values(), ...this.#overLimit.values()];
  }

  #forget(socket: Socket): void {
    if (this.#overLimit.delete(socket)) return;
    this.#withSlot.delete(socket);
    for (const [longestWaiting, connection] of this.#overLimit) {
      this.#overLimit.delete(longestWaiting);
      this.#withSlot.set(longestWaiting, connection);
      return;
    }
  }
}
