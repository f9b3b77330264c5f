import type { WireAnswer } from '../../ports/inbound/wire-operations.ts';
import type { Clock } from '../../ports/outbound/clock.ts';
import type { ForwardedOperation, OperationForwarder } from '../../ports/outbound/operation-forwarder.ts';
import type { CredentialCache } from '../aws/credentials/credential-cache.ts';
import { loadConnections } from '../aws/http-client/load-connections.ts';
import type { ProxySettings } from '../aws/http-client/proxy-tunnel.ts';
import type { UpstreamConnections } from '../aws/http-client/upstream-connections.ts';
import type { Endpoints, SigningForwarder, Sweep } from './signing-forwarder.ts';

/** As many as there are connections to the function by default: an operation should not wait behind long ones. */
const MAX_SOCKETS = 256;

interface Loaded {
  readonly forwarder: SigningForwarder;
  readonly connections: UpstreamConnections;
}

/** Forwards to DynamoDB. What it takes, TLS and the AWS SDK among it, is loaded with the first operation. */
export class DynamoDbForwarder implements OperationForwarder {
  readonly #credentialCache: CredentialCache;
  readonly #endpoints: Endpoints;
  readonly #clock: Clock;
  readonly #makeSweep: () => Promise<Sweep>;
  readonly #proxy: ProxySettings | undefined;
  #loading: Promise<Loaded> | undefined;
  #loaded: Loaded | undefined;

  /**
   * @param makeSweep what frees memory, made with the first operation; default nothing
   * @param proxy absent where DynamoDB is called directly
   */
  constructor(
    credentialCache: CredentialCache,
    endpoints: Endpoints,
    clock: Clock,
    makeSweep: () => Promise<Sweep> = async () => () => undefined,
    proxy?: ProxySettings,
  ) {
    this.#proxy = proxy;
    this.#makeSweep = makeSweep;
    this.#credentialCache = credentialCache;
    this.#endpoints = endpoints;
    this.#clock = clock;
  }

  forward(operation: ForwardedOperation): Promise<WireAnswer> {
    if (this.#loaded !== undefined) return this.#loaded.forwarder.forward(operation);
    return this.#loadOnce().then(({ forwarder }) => forwarder.forward(operation));
  }

  /** Loads all that, and finds out who we are. */
  async warmUp(): Promise<void> {
    // What goes wrong is met again by the first operation.
    await Promise.allSettled([this.#loaded ?? this.#loadOnce(), this.#credentialCache.current()]);
  }

  /** Closes all connections; operations on their way fail. */
  close(): void {
    this.#loaded?.connections.close();
  }

  /** A failure is forgotten, so that who comes next makes another attempt. */
  #loadOnce(): Promise<Loaded> {
    this.#loading ??= this.#load().finally(() => {
      this.#loading = undefined;
    });
    return this.#loading;
  }

  async #load(): Promise<Loaded> {
    const sweep = await this.#makeSweep();
    const { SigningForwarder } = await import('./signing-forwarder.ts');
    const connections = await loadConnections({
      clock: this.#clock,
      maxConnections: MAX_SOCKETS,
      ...(this.#proxy === undefined ? {} : { proxy: this.#proxy }),
    });
    const forwarder = new SigningForwarder(
      this.#credentialCache,
      this.#endpoints,
      connections,
      this.#clock,
      sweep,
    );
    this.#loaded = { forwarder, connections };
    return this.#loaded;
  }
}
