import { VERSION } from '../../domain/program/version.ts';
import type { AwsClient, AwsClientParts, AwsRequest, WholeRequest, WholeResponse } from './aws-client.ts';
import type { ProxySettings } from './http-client/proxy-tunnel.ts';
import type { UpstreamConnectionsOptions } from './http-client/upstream-connections.ts';

export interface LazyAwsClientParts
  extends Omit<AwsClientParts, 'connections'>,
    Omit<UpstreamConnectionsOptions, 'tunnels'> {
  /** Absent: calls go to AWS directly. */
  readonly proxy?: ProxySettings | undefined;
}

/** Sent without being signed, so that a proxy may change it. */
export const UNSIGNED_HEADERS: NonNullable<AwsRequest['unsignedHeaders']> = [
  ['user-agent', `dynamodb-cache-extension/${VERSION}`],
];

/** Loads the code of `AwsClient` and TLS, which takes about 7 ms, before the first call of any client. */
export const loadAwsClientCode = () =>
  Promise.all([import('./aws-client.ts'), import('./http-client/upstream-connections.ts')]);

/** An `AwsClient` that is loaded with the first call, together with TLS and, if there is a proxy, the code for tunnels. */
export class LazyAwsClient {
  /** The client, once it is loaded. */
  loaded: AwsClient | undefined;
  readonly #parts: LazyAwsClientParts;
  #loading: Promise<AwsClient> | undefined;

  constructor(parts: LazyAwsClientParts) {
    this.#parts = parts;
  }

  /** Loads the client once. After a failure, the next call tries again. */
  load(): Promise<AwsClient> {
    this.#loading ??= this.#load().finally(() => {
      this.#loading = undefined;
    });
    return this.#loading;
  }

  /** Sends one call as `AwsClient.sendWhole` does. */
  async sendWhole(request: WholeRequest): Promise<WholeResponse> {
    const client = this.loaded ?? (await this.load());
    return client.sendWhole(request);
  }

  /** Closes idle connections. */
  closeIdle(): void {
    this.loaded?.connections.closeIdle();
  }

  /** Closes all connections. Calls in progress fail. */
  close(): void {
    this.loaded?.connections.close();
  }

  async #load(): Promise<AwsClient> {
    if (this.loaded !== undefined) return this.loaded;
    const { clock, proxy } = this.#parts;
    const [{ AwsClient }, { UpstreamConnections }] = await loadAwsClientCode();
    const tunnels = proxy && new (await import('./http-client/proxy-tunnel.ts')).ProxyTunnels(proxy);
    const connections = new UpstreamConnections(clock, { ...this.#parts, tunnels });
    this.loaded = new AwsClient({ ...this.#parts, connections });
    return this.loaded;
  }
}
