import { connect as connectPlain, isIP, type Socket } from 'node:net';
import { type ConnectionOptions, connect as connectSecure, type TLSSocket } from 'node:tls';
import { LOOPBACK_HOST } from '../loopback-host.ts';
import { ProxyError, placeOf } from './transport-error.ts';
import { inTwoHalves, type PendingSocket, socketOptions } from './upstream-connection.ts';

/** The configured proxy for calls of AWS. */
export interface ProxySettings {
  /** `http://[user:password@]host:port` */
  readonly url: string;
  /** Hosts that bypass the proxy, separated by commas. */
  readonly noProxy: string;
}

/** Maximum length of the proxy's response to CONNECT. */
const MAX_HEAD_BYTES = 16_384;

/** Half of the time-out for the tunnel, including TLS through it. */
const HALF_TUNNEL_MS = 500;

const HINTS: ReadonlyMap<number, string> = new Map([
  [403, '; it does not allow this host, check its rules'],
  [407, '; check the user and the password in the URL of the proxy'],
]);

/** Opens connections through an HTTP proxy by CONNECT. */
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
   * Opens TLS to the host of `url` through a new tunnel. The certificate is checked as without a proxy.
   * `socket` rejects with a `ProxyError`, or with the error of TLS.
   */
  open(url: URL, options: ConnectionOptions, prepare: (socket: TLSSocket) => void): PendingSocket {
    return new ProxyTunnel(this.#proxy, placeOf(url), options, prepare);
  }
}

/** One tunnel while it is being opened. */
class ProxyTunnel implements PendingSocket {
  readonly socket: Promise<Socket>;
  readonly #proxyPlace: string;
  readonly #target: string;
  readonly #plain: Socket;
  #cancel: (error: Error) => void = () => undefined;

  constructor(proxy: URL, target: string, options: ConnectionOptions, prepare: (socket: TLSSocket) => void) {
    this.#proxyPlace = placeOf(proxy);
    this.#target = target;
    this.#plain = connectPlain(socketOptions(proxy, 80));
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
    this.#cancel(new Error('the connection attempt was cancelled'));
  }

  #failure(problem: string): ProxyError {
    return new ProxyError(
      `the proxy ${this.#proxyPlace} ${problem} when asked for a tunnel to ${this.#target}`,
    );
  }
}

const connectHead = ({ username, password }: URL, target: string): string => {
  const login = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  const authorization =
    login === ':' ? '' : `Proxy-Authorization: Basic ${Buffer.from(login).toString('base64')}\r\n`;
  return `CONNECT ${target} HTTP/1.1\r\nHost: ${target}\r\n${authorization}\r\n`;
};

/** Calls `done` once: with the problem of the response to CONNECT, or without argument when the tunnel is open. */
const readHead = (socket: Socket, done: (refusal?: string) => void): void => {
  let head = '';
  const take = (bytes: Buffer): void => {
    head += bytes.toString('latin1');
    const end = head.indexOf('\r\n\r\n');
    const isUnreadable = end === -1 && (head.length > MAX_HEAD_BYTES || !mayBeginHttp(head));
    if (end === -1 && !isUnreadable) return;
    socket.off('data', take);
    // Further bytes belong to TLS.
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
  // In TLS the client sends first, so further bytes are not from the host.
  return head.length > end + 4 ? 'sent more than the answer' : undefined;
};

/**
 * Whether `url` bypasses the proxy: plain HTTP, loopback, and the listed hosts.
 *
 * @param noProxy host names separated by commas, each with its subdomains, with or without a leading dot, optionally with a
 *   port; `*` matches all hosts. Address blocks such as 10.0.0.0/8 are not supported.
 */
export const bypassesProxy = ({ protocol, hostname, port }: URL, noProxy: string): boolean => {
  if (protocol !== 'https:' || LOOPBACK_HOST.test(hostname)) return true;
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

/** An IPv6 address contains colons, so with a port it is written in brackets, as in URLs. */
const partsOf = (entry: string): { readonly name: string; readonly onlyPort: string | undefined } => {
  if (isIP(entry) === 6) return { name: `[${entry}]`, onlyPort: undefined };
  const [, written = '', onlyPort] = /^(.*?)(?::(\d+))?$/.exec(entry) ?? [];
  return { name: written.replace(/^\*?\./, '').replace(/\.$/, ''), onlyPort };
};
