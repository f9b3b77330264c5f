import type { ByteSocket } from './http1/socket-writer.ts';

/** A connection of Bun, and what belongs to it. */
export interface BunSocket<Held> extends ByteSocket {
  data: Held;
}

/** Called with the connections of one listener. */
export interface BunSocketHandler<Held> {
  open(socket: BunSocket<Held>): void;
  data(socket: BunSocket<Held>, bytes: Buffer): void;
  drain(socket: BunSocket<Held>): void;
  /** The client sends nothing more. */
  end(socket: BunSocket<Held>): void;
  close(socket: BunSocket<Held>): void;
  error(socket: BunSocket<Held>, error: unknown): void;
}

/** What Bun is told of a listener. */
export interface BunListenOptions<Held> {
  readonly hostname: string;
  readonly port: number;
  /** Whether the own side stays open when the client ends its own. */
  readonly allowHalfOpen: boolean;
  readonly socket: BunSocketHandler<Held>;
}

/** What is used of a listener of Bun. */
export interface BunListener {
  readonly port: number;
  /** Accepts nothing any more; with `true`, ends what is open as well. */
  stop(closesConnections: boolean): void;
}

/** `Bun.listen`. Throws where the port is taken, with the code `EADDRINUSE`. */
export type BunListen = <Held>(options: BunListenOptions<Held>) => BunListener;
