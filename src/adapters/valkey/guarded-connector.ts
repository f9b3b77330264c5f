import { connect, type Socket } from 'node:net';
import process from 'node:process';
import { connect as connectTls } from 'node:tls';
import { AbstractConnector, type RedisOptions } from 'iovalkey';
import { ReplyGuard } from './reply-guard.ts';

type ConnectorOptions = Pick<RedisOptions, 'host' | 'port' | 'family' | 'tls' | 'disconnectTimeout'>;

/** Makes the connections of the library. One on which an unusable reply comes is closed before the library sees it. */
export class GuardedConnector extends AbstractConnector {
  readonly #options: ConnectorOptions;

  /** @param options those of the connection, which the library declares as unknown */
  constructor(options: unknown) {
    const known = isOptions(options) ? options : {};
    super(known.disconnectTimeout ?? 0);
    this.#options = known;
  }

  connect(): Promise<Socket> {
    const { host = 'localhost', port = 0, family = 0, tls } = this.#options;
    this.connecting = true;
    return new Promise((resolve, reject) => {
      // The library may end the connection before it is begun.
      process.nextTick(() => {
        if (!this.connecting) return reject(new Error('Connection is closed.'));
        try {
          const place = { host, port, family };
          this.stream = tls === undefined ? connect(place) : connectTls({ ...place, ...tls });
        } catch (error) {
          return reject(error);
        }
        this.stream.once('error', (error: Error) => {
          this.firstError = error;
        });
        guard(this.stream);
        resolve(this.stream);
      });
    });
  }
}

const isOptions = (options: unknown): options is ConnectorOptions =>
  typeof options === 'object' && options !== null;

/** Replaces methods, because the library adds its listener of data as the first one. It writes each command with one call. */
const guard = (socket: Socket): void => {
  const replies = new ReplyGuard();
  const write = socket.write.bind(socket);
  const emit = socket.emit.bind(socket);
  Object.assign(socket, {
    write: (command: string | Uint8Array) => {
      replies.sent();
      return write(command);
    },
    emit: (event: string, ...values: unknown[]) => {
      if (event !== 'data') return emit(event, ...values);
      try {
        const [chunk] = values;
        if (chunk instanceof Uint8Array) replies.receive(chunk);
        return emit(event, chunk);
      } catch (error) {
        // What the library throws would be an uncaught error.
        socket.destroy(error instanceof Error ? error : new Error('the client failed'));
        return true;
      }
    },
  });
};
