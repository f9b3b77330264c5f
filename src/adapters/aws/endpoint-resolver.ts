import type { Clock } from '../../ports/outbound/clock.ts';
import type { KnownCredentials } from './credentials/credential-cache.ts';
import { type CredentialsEnvironment, credentialsIn, wantsPlainHosts } from './credentials/credentials.ts';
import { type CredentialsEndpoint, EndpointCredentials } from './credentials/endpoint-credentials.ts';
import type { SdkResolver } from './sdk-resolver.ts';

export interface EndpointResolverOptions {
  /** The endpoint for all regions; absent where it is the region's own. */
  readonly endpoint?: string;
  /** Where credentials are given out; absent where they are found as SDKs find them. */
  readonly credentialsEndpoint?: CredentialsEndpoint;
  /** The variables of the process. Without them the SDK is asked for everything, and looks at those itself. */
  readonly env?: CredentialsEnvironment;
  /** Where services for credentials are asked; us-east-1 if it is absent. */
  readonly region?: string;
}

/** More regions than a function speaks to. */
const MAX_KNOWN = 32;

/** What may stand in the name of a host. */
const REGION = /^[A-Za-z0-9-]{1,63}$/;

/** Where DynamoDB is, and where credentials come from: in plain cases by own knowledge, else by the SDK's, which is loaded then. */
export class EndpointResolver {
  readonly #endpoint: URL | undefined;
  readonly #credentials: EndpointCredentials | undefined;
  readonly #env: CredentialsEnvironment;
  readonly #region: string | undefined;
  /** Endpoints that were asked for before: the SDK makes promises over promises to say the same again. */
  readonly #known = new Map<string, URL>();
  #sdk: Promise<SdkResolver> | undefined;

  constructor({ endpoint, credentialsEndpoint, env = {}, region }: EndpointResolverOptions, clock: Clock) {
    this.#endpoint = endpoint === undefined ? undefined : new URL(endpoint.replace(/\/*$/, '/'));
    this.#credentials = credentialsEndpoint && new EndpointCredentials(credentialsEndpoint, clock);
    this.#env = env;
    this.#region = region;
  }

  /** Those that are valid still, or with `renewed` those of this moment. Rejects with the provider's errors. */
  async credentials(renewed: boolean): Promise<KnownCredentials> {
    if (this.#credentials !== undefined) {
      return renewed ? this.#credentials.renew() : this.#credentials.get();
    }
    return credentialsIn(this.#env) ?? (await this.#askSdk()).credentials(renewed);
  }

  /** Where the operation is done for the region, at once where that is known; some have a host of their own. */
  endpointFor(operation: string, region: string): URL | Promise<URL> {
    if (this.#endpoint !== undefined) return this.#endpoint;
    const isSearch = operation === 'SearchVectors';
    const place = isSearch ? `search ${region}` : region;
    const known = this.#known.get(place);
    if (known !== undefined) return known;
    const plain = !isSearch && wantsPlainHosts(this.#env) ? plainEndpoint(region) : undefined;
    return plain === undefined ? this.#findEndpoint(region, isSearch, place) : this.#remember(place, plain);
  }

  async #findEndpoint(region: string, isSearch: boolean, place: string): Promise<URL> {
    if (!REGION.test(region))
      throw new RangeError('what is to be the region cannot stand in the name of a host');
    const sdk = await this.#askSdk();
    return this.#remember(place, await sdk.endpointFor(region, isSearch));
  }

  #remember(place: string, url: URL): URL {
    if (this.#known.size >= MAX_KNOWN) this.#known.clear();
    this.#known.set(place, url);
    return url;
  }

  #askSdk(): Promise<SdkResolver> {
    this.#sdk ??= import('./sdk-resolver.ts')
      .then(({ SdkResolver }) => new SdkResolver(this.#region))
      .catch((error: unknown) => {
        this.#sdk = undefined;
        throw error;
      });
    return this.#sdk;
  }
}

/** Regions of the partition `aws`, by the pattern of the SDK. */
const COMMERCIAL_REGION = /^(us|eu|ap|sa|ca|me|af|il|mx)-\w+-\d+$/;

/** Where DynamoDB is in a region of the partition `aws`; undefined for other regions. */
export const plainEndpoint = (region: string): URL | undefined =>
  COMMERCIAL_REGION.test(region) ? new URL(`https://dynamodb.${region}.amazonaws.com`) : undefined;
