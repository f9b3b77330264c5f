import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

/** What the proxy does when it is asked for a tunnel: makes it, sends a text and closes, or stays silent. */
export type ProxyBehaviour = 'tunnel' | 'silence' | { readonly says: string };

/** An HTTP proxy on loopback. Each tunnel leads to one port of loopback, whatever host was asked for. */
export class ConnectProxy {
  behaviour: ProxyBehaviour = 'tunnel';
  /** The heads of all requests, as they came. */
  readonly requests: string[] = [];
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(targetPort: number) {
    this.#server = createServer((client) => this.#serve(client, targetPort));
  }

  static async start(targetPort: number): Promise<ConnectProxy> {
    const proxy = new ConnectProxy(targetPort);
    proxy.#server.listen(0, '127.0.0.1');
    await once(proxy.#server, 'listening');
    return proxy;
  }

  /** Host and port. */
  get place(): string {
    const address = this.#server.address();
    if (typeof address !== 'object' || address === null) throw new Error('the proxy does not listen');
    return `127.0.0.1:${address.port}`;
  }

  async close(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  #serve(client: Socket, targetPort: number): void {
    this.#keep(client);
    let head = '';
    const take = (bytes: Buffer): void => {
      head += bytes.toString('latin1');
      if (!head.endsWith('\r\n\r\n')) return;
      client.off('data', take);
      this.requests.push(head);
      this.#answer(client, targetPort);
    };
    client.on('data', take);
  }

  #answer(client: Socket, targetPort: number): void {
    const { behaviour } = this;
    if (behaviour === 'silence') return;
    if (behaviour !== 'tunnel') {
      client.end(behaviour.says, 'latin1');
      return;
    }
    const target = this.#keep(connect(targetPort, '127.0.0.1'));
    client.write('HTTP/1.1 200 Connection established\r\nVia: 1.1 test\r\n\r\n');
    client.pipe(target).pipe(client);
  }

  #keep(socket: Socket): Socket {
    this.#sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.once('close', () => this.#sockets.delete(socket));
    return socket;
  }
}
