import { SourceRefusedError } from '../../domain/cache/errors.ts';
import type { Clock } from '../../ports/outbound/clock.ts';
import type { CredentialCache } from '../aws/credentials/credential-cache.ts';
import { loadConnections } from '../aws/http-client/load-connections.ts';
import type { ProxySettings } from '../aws/http-client/proxy-tunnel.ts';
import type { UpstreamConnections } from '../aws/http-client/upstream-connections.ts';
import type { OnAnswer, Upstream, UpstreamCall } from '../aws/upstream.ts';
import type { Endpoints } from './signing-forwarder.ts';
import type { SigningUpstream } from './signing-upstream.ts';

export interface DynamoDbUpstreamParts {
  readonly credentialCache: CredentialCache;
  readonly endpoints: Endpoints;
  readonly clock: Clock;
  /** The region of tables that name none. */
  readonly region?: string;
  /** Absent where DynamoDB is called directly. */
  readonly proxy?: ProxySettings;
}

interface Loaded {
  readonly upstream: SigningUpstream;
  readonly connections: UpstreamConnections;
}

/** The way to DynamoDB. What it takes, TLS among it, is loaded with the first call. */
export class DynamoDbUpstream implements Upstream {
  readonly #parts: DynamoDbUpstreamParts;
  #loading: Promise<Loaded> | undefined;
  #loaded: Loaded | undefined;

  constructor(parts: DynamoDbUpstreamParts) {
    this.#parts = parts;
  }

  async send(
    call: UpstreamCall,
    tableRegion: string | undefined,
    signal: AbortSignal,
    onAnswer?: OnAnswer,
  ): Promise<Uint8Array> {
    signal.throwIfAborted();
    const region = tableRegion ?? this.#parts.region;
    if (region === undefined) {
      throw new SourceRefusedError(
        'the region of the table is unknown: set region in the configuration, or AWS_REGION',
      );
    }
    const { upstream } = this.#loaded ?? (await this.#loadOnce());
    return upstream.send(call, region, signal, onAnswer);
  }

  dropConnections(): void {
    this.#loaded?.connections.closeIdle();
  }

  /** Closes all connections; calls on their way fail. */
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
    const { SigningUpstream } = await import('./signing-upstream.ts');
    const connections = await loadConnections(this.#parts);
    this.#loaded = { upstream: new SigningUpstream({ ...this.#parts, connections }), connections };
    return this.#loaded;
  }
}
