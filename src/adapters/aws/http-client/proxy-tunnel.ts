import { connect as connectPlain, isIP, type Socket } from 'node:net';
import { type ConnectionOptions, connect as connectSecure, type TLSSocket } from 'node:tls';
import { ProxyError, placeOf } from './transport-error.ts';
import { inTwoHalves, type PendingSocket } from './upstream-connection.ts';

/** The proxy for calls to AWS, as it is configured. */
export interface ProxySettings {
  /** `http://[user:password@]host:port` */
  readonly url: string;
  /** The hosts for which it is not used, separated by commas. */
  readonly noProxy: string;
}

/** More than any proxy says before a tunnel. */
const MAX_HEAD_BYTES = 16_384;

/** Half of the longest time until the proxy has made the tunnel and TLS is established through it. */
const HALF_TUNNEL_MS = 500;

const HINTS: ReadonlyMap<number, string> = new Map([
  [403, '; it does not allow this host, check its rules'],
  [407, '; check the user and the password in the URL of the proxy'],
]);

/** Makes connections through an HTTP proxy by CONNECT. */
export class ProxyTunnels {
  readonly #proxy: URL;
  readonly #noProxy: string;

  constructor({ url, noProxy }: ProxySettings) {
    this.#proxy = new URL(url);
    this.#noProxy = noProxy;
  }

  /** Whether connections to the origin of `url` go through the proxy. */
  leadTo(url: URL): boolean {
    return !bypassesProxy(url, this.#noProxy);
  }

  /**
   * Opens TLS to the host of `url` through a new tunnel. The host's certificate is checked as without a proxy.
   * `socket` rejects with a `ProxyFailure`, or with the error of TLS.
   */
  open(url: URL, options: ConnectionOptions, prepare: (socket: TLSSocket) => void): PendingSocket {
    return new ProxyTunnel(this.#proxy, placeOf(url), options, prepare);
  }
}

/** One tunnel while it is being made. */
class ProxyTunnel implements PendingSocket {
  readonly socket: Promise<Socket>;
  readonly #proxyPlace: string;
  readonly #target: string;
  readonly #plain: Socket;
  #cancel: (error: Error) => void = () => undefined;

  constructor(proxy: URL, target: string, options: ConnectionOptions, prepare: (socket: TLSSocket) => void) {
    this.#proxyPlace = placeOf(proxy);
    this.#target = target;
    this.#plain = connectPlain({
      host: proxy.hostname.replace(/^\[|\]$/g, ''),
      port: Number(proxy.port || 80),
      noDelay: true,
      keepAlive: true,
      keepAliveInitialDelay: 1000,
    });
    this.socket = new Promise((resolve, reject) => {
      const plain = this.#plain;
      const stopWaiting = inTwoHalves(HALF_TUNNEL_MS, () => fail(this.#failure('did not answer in time')));
      const fail = (error: Error): void => {
        stopWaiting();
        plain.destroy();
        reject(error);
      };
      this.#cancel = fail;
      const lost = (error: NodeJS.ErrnoException): void =>
        fail(this.#failure(`cannot be reached or closed the connection (${error.code ?? error.name})`));
      const closed = (): void => fail(this.#failure('closed the connection'));
      plain.on('error', lost).on('close', closed);
      plain.write(connectHead(proxy, target), 'latin1');
      readHead(plain, (refusal) => {
        if (refusal !== undefined) {
          fail(this.#failure(refusal));
          return;
        }
        const secure = connectSecure({ ...options, socket: plain });
        prepare(secure);
        secure.on('error', (error: NodeJS.ErrnoException) => {
          if (error.code === 'ECONNRESET') closed();
          else fail(error);
        });
        secure.once('secureConnect', () => {
          stopWaiting();
          plain.off('close', closed);
          resolve(secure);
        });
      });
    });
  }

  cancel(): void {
    this.#cancel(new Error('the connection was given up'));
  }

  #failure(what: string): ProxyError {
    return new ProxyError(`the proxy ${this.#proxyPlace} ${what} when asked for a tunnel to ${this.#target}`);
  }
}

const connectHead = ({ username, password }: URL, target: string): string => {
  const login = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  const authorization =
    login === ':' ? '' : `Proxy-Authorization: Basic ${Buffer.from(login).toString('base64')}\r\n`;
  return `CONNECT ${target} HTTP/1.1\r\nHost: ${target}\r\n${authorization}\r\n`;
};

/** Calls `done` once with what is wrong with the answer to CONNECT, or with nothing when the tunnel is there. */
const readHead = (socket: Socket, done: (refusal?: string) => void): void => {
  let head = '';
  const take = (bytes: Buffer): void => {
    head += bytes.toString('latin1');
    const end = head.indexOf('\r\n\r\n');
    const isUnreadable = end === -1 && (head.length > MAX_HEAD_BYTES || !mayBeginHttp(head));
    if (end === -1 && !isUnreadable) return;
    socket.off('data', take);
    // What is read from now on belongs to TLS.
    socket.pause();
    done(end === -1 ? 'did not answer in HTTP' : refusalIn(head, end));
  };
  socket.on('data', take);
};

const mayBeginHttp = (head: string): boolean => 'HTTP/1.'.startsWith(head.slice(0, 7));

const refusalIn = (head: string, end: number): string | undefined => {
  const status = Number(/^HTTP\/1\.[01] ([1-9]\d\d)(?: [^\r\n]*)?\r\n/.exec(head)?.[1]);
  if (Number.isNaN(status)) return 'did not answer in HTTP';
  if (status < 200 || status > 299) return `answered ${status}${HINTS.get(status) ?? ''}`;
  // The host does not speak before the client does.
  return head.length > end + 4 ? 'sent more than the answer' : undefined;
};

/** As `URL` writes the names and addresses of loopback. */
const LOOPBACK =
  /^(?:(?:.+\.)?localhost\.?|127\.\d+\.\d+\.\d+|0\.0\.0\.0|\[::1?\]|\[::ffff:7f[0-9a-f]{2}:[0-9a-f]{1,4}\])$/;

/**
 * Whether a proxy is left out for `url`: for plain HTTP, for loopback, and for each host that the list names.
 *
 * @param noProxy names of hosts by commas, each with its subdomains, with or without a leading dot, with a port if only that
 *   is meant; `*` stands for all. Blocks of addresses such as 10.0.0.0/8 are not understood.
 */
export const bypassesProxy = ({ protocol, hostname, port }: URL, noProxy: string): boolean => {
  if (protocol !== 'https:' || LOOPBACK.test(hostname)) return true;
  const host = hostname.replace(/\.$/, '');
  return noProxy
    .toLowerCase()
    .split(/[\s,]+/)
    .some((entry) => entry !== '' && matches(entry, host, port || '443'));
};

const matches = (entry: string, host: string, port: string): boolean => {
  if (entry === '*') return true;
  const { name, onlyPort } = partsOf(entry);
  if (name === '' || (onlyPort !== undefined && onlyPort !== port)) return false;
  return host === name || (isIP(host) === 0 && host.endsWith(`.${name}`));
};

/** An address of IPv6 has colons of its own: with a port it stands in brackets, as in URLs. */
const partsOf = (entry: string): { readonly name: string; readonly onlyPort: string | undefined } => {
  if (isIP(entry) === 6) return { name: `[${entry}]`, onlyPort: undefined };
  const [, written = '', onlyPort] = /^(.*?)(?::(\d+))?$/.exec(entry) ?? [];
  return { name: written.replace(/^\*?\./, '').replace(/\.$/, ''), onlyPort };
};
