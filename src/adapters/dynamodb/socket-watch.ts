import type { ClientRequest } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Clock } from '../../ports/clock.ts';

/** Longer than that, and the other side may have closed the connection while this process was frozen. */
const MAX_IDLE_MS = 5000;

/** How Node reports that the other side is gone. */
const GONE = new Set(['ECONNABORTED', 'ECONNRESET', 'EPIPE']);

/** Remembers of connections since when they are idle, and of errors whether a connection had served before. */
export class SocketWatch {
  readonly #clock: Clock;
  readonly #idleSince = new WeakMap<Duplex, number>();
  readonly #deadEnds = new WeakSet<object>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The connection is idle from now on. */
  kept(socket: Duplex): void {
    this.#idleSince.set(socket, this.#clock.now());
  }

  /** A connection that was idle carries `request` now. */
  reused(request: ClientRequest): void {
    request.once('error', (error: NodeJS.ErrnoException) => {
      if (GONE.has(error.code ?? '')) this.#deadEnds.add(error);
    });
  }

  /** Whether the connection was idle for more than five seconds of wall clock, or since a time that is yet to come. */
  isStale(socket: Duplex): boolean {
    const idleMs = this.#clock.now() - (this.#idleSince.get(socket) ?? 0);
    return idleMs < 0 || idleMs > MAX_IDLE_MS;
  }

  /** Whether the error says that a connection which had served before turned out to be dead. */
  foundDead(error: unknown): boolean {
    return typeof error === 'object' && error !== null && this.#deadEnds.has(error);
  }
}
