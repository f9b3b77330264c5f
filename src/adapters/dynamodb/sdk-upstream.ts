import { SourceRefusedError } from '../../domain/cache/errors.ts';
import type { Clock } from '../../ports/clock.ts';
import { type CredentialsEndpoint, EndpointCredentials } from './endpoint-credentials.ts';
import type { RegionClient } from './region-client.ts';
import { TransportError } from './transport-error.ts';
import type { Upstream, UpstreamCall } from './upstream.ts';
import type { UpstreamAgent } from './upstream-agent.ts';

export interface SdkUpstreamOptions {
  /** The region of tables that name none. */
  readonly region?: string;
  /** The endpoint for all regions; absent where it is the region's own. */
  readonly endpoint?: string;
  /** Where credentials are given out; absent where the SDK finds them by itself. */
  readonly credentialsEndpoint?: CredentialsEndpoint;
}

/** Speaks to DynamoDB through the AWS SDK, which is loaded at the first call; with one client for each region. */
export class SdkUpstream implements Upstream {
  readonly #options: SdkUpstreamOptions;
  readonly #clock: Clock;
  /** Of all clients; there is one as soon as there is a client. */
  #agent: UpstreamAgent | undefined;
  readonly #credentials: EndpointCredentials | undefined;
  readonly #clients = new Map<string, Promise<RegionClient>>();

  constructor(options: SdkUpstreamOptions, clock: Clock) {
    this.#options = options;
    this.#clock = clock;
    const { credentialsEndpoint } = options;
    this.#credentials = credentialsEndpoint && new EndpointCredentials(credentialsEndpoint, clock);
  }

  /** Nothing is tried twice, but for a call that met a connection which had died while it was idle. */
  async send(call: UpstreamCall, tableRegion: string | undefined, signal: AbortSignal): Promise<Uint8Array> {
    signal.throwIfAborted();
    const client = await this.#clientOf(tableRegion);
    this.#agent?.closeStale();
    try {
      return await unlessAborted(client.send(call, signal), signal);
    } catch (error) {
      if (signal.aborted || !this.#metDeadConnection(error)) throw error;
      this.#agent?.closeIdle();
      return unlessAborted(client.send(call, signal), signal);
    }
  }

  dropConnections(): void {
    this.#agent?.closeIdle();
  }

  /** Closes all connections; calls on their way fail. */
  close(): void {
    this.#agent?.close();
  }

  #metDeadConnection(error: unknown): boolean {
    return error instanceof TransportError && this.#agent?.foundDead(error.cause) === true;
  }

  #clientOf(tableRegion: string | undefined): Promise<RegionClient> {
    const region = tableRegion ?? this.#options.region;
    if (region === undefined) {
      throw new SourceRefusedError(
        'the region of the table is unknown: set region in the configuration, or AWS_REGION',
      );
    }
    let client = this.#clients.get(region);
    if (client === undefined) {
      client = this.#load(region);
      this.#clients.set(region, client);
    }
    return client;
  }

  async #load(region: string): Promise<RegionClient> {
    // The agent brings TLS along, which costs as much as many a module of the SDK.
    const [{ RegionClient }, { UpstreamAgent }] = await Promise.all([
      import('./region-client.ts'),
      import('./upstream-agent.ts'),
    ]);
    this.#agent ??= new UpstreamAgent(this.#clock);
    return new RegionClient({
      region,
      endpoint: this.#options.endpoint,
      agent: this.#agent,
      ...(this.#credentials === undefined ? {} : { credentials: this.#credentials }),
    });
  }
}

/** The SDK heeds the signal when it speaks to DynamoDB, but not while it fetches credentials. */
const unlessAborted = <T>(promise: Promise<T>, signal: AbortSignal): Promise<T> =>
  new Promise((resolve, reject) => {
    const giveUp = (): void => reject(signal.reason);
    signal.addEventListener('abort', giveUp, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', giveUp));
  });
