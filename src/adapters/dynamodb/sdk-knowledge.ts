import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Clock } from '../../ports/clock.ts';
import { EndpointCredentials } from './endpoint-credentials.ts';
import type { KnownCredentials } from './key-ring.ts';
import type { SdkUpstreamOptions } from './sdk-upstream.ts';

export type SdkKnowledgeOptions = Pick<SdkUpstreamOptions, 'endpoint' | 'credentialsEndpoint'>;

/** More regions than a function speaks to. */
const MAX_KNOWN = 32;

/** The SDK's own knowledge of where DynamoDB is, and of where credentials come from. It is loaded with the first question. */
export class SdkKnowledge {
  readonly #endpoint: URL | undefined;
  readonly #credentials: EndpointCredentials | undefined;
  /** Endpoints that were asked for before: the SDK makes promises over promises to say the same again. */
  readonly #known = new Map<string, URL>();
  #client: Promise<DynamoDBClient> | undefined;

  constructor({ endpoint, credentialsEndpoint }: SdkKnowledgeOptions, clock: Clock) {
    this.#endpoint = endpoint === undefined ? undefined : new URL(endpoint);
    this.#credentials = credentialsEndpoint && new EndpointCredentials(credentialsEndpoint, clock);
  }

  /** Those that are valid still, or with `renewed` those of this moment. Rejects with the provider's errors. */
  async credentials(renewed: boolean): Promise<KnownCredentials> {
    if (this.#credentials !== undefined) {
      return renewed ? this.#credentials.renew() : this.#credentials.get();
    }
    const { config } = await this.#load();
    return config.credentials({ forceRefresh: renewed });
  }

  /** Where the operation is done for the region, at once where that is known; some have a host of their own. */
  endpointFor(operation: string, region: string): URL | Promise<URL> {
    const place = isSearch(operation) ? `search ${region}` : region;
    return this.#endpoint ?? this.#known.get(place) ?? this.#findEndpoint(operation, region, place);
  }

  async #findEndpoint(operation: string, region: string, place: string): Promise<URL> {
    const { endpointProvider, useFipsEndpoint, useDualstackEndpoint } = (await this.#load()).config;
    const { url } = endpointProvider({
      Region: region,
      UseFIPS: await useFipsEndpoint(),
      UseDualStack: await useDualstackEndpoint(),
      AccountIdEndpointMode: 'disabled',
      ...(isSearch(operation) ? { IsSearchOperation: true } : {}),
    });
    if (this.#known.size >= MAX_KNOWN) this.#known.clear();
    this.#known.set(place, url);
    return url;
  }

  #load(): Promise<DynamoDBClient> {
    this.#client ??= import('./sdk-client.ts').then(
      // Every question names its region.
      ({ sdkClient }) => sdkClient({ region: 'us-east-1', endpoint: this.#endpoint?.href }),
    );
    return this.#client;
  }
}

const isSearch = (operation: string): boolean => operation === 'SearchVectors';
