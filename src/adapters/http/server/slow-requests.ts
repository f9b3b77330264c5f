import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';

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
