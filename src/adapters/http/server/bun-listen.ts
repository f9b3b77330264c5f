import type { ByteSocket } from './http1/socket-writer.ts';

/** A connection of Bun with the data that the server attaches to it. */
export interface BunSocket<Data> extends ByteSocket {
  data: Data;
}

/** The callbacks for the connections of one listener. */
export interface BunSocketHandler<Data> {
  open(socket: BunSocket<Data>): void;
  data(socket: BunSocket<Data>, bytes: Buffer): void;
  drain(socket: BunSocket<Data>): void;
  /** The client has closed its side of the connection. */
  end(socket: BunSocket<Data>): void;
  close(socket: BunSocket<Data>): void;
  error(socket: BunSocket<Data>, error: unknown): void;
}

/** The options of `Bun.listen` that this project uses. */
export interface BunListenOptions<Data> {
  readonly hostname: string;
  readonly port: number;
  /** Whether the server's side stays open when the client closes its own. */
  readonly allowHalfOpen: boolean;
  readonly socket: BunSocketHandler<Data>;
}

/** The part of Bun's listener that this project uses. */
export interface BunListener {
  readonly port: number;
  /** Stops accepting connections; with `true`, also closes the open ones. */
  stop(closesConnections: boolean): void;
}

/** `Bun.listen`. Throws an error with the code `EADDRINUSE` if the port is in use. */
export type BunListen = <Data>(options: BunListenOptions<Data>) => BunListener;
