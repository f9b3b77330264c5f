import { REGION_NAME } from '../../domain/regions/region-name.ts';
import type { Clock } from '../../ports/outbound/clock.ts';
import type { KnownCredentials } from './credentials/credentials.ts';
import { type CredentialsEndpoint, EndpointCredentials } from './credentials/endpoint-credentials.ts';
import type { SdkResolver } from './sdk-resolver.ts';

/** The environment variables of the process. */
type CredentialsEnvironment = Readonly<Record<string, string | undefined>>;

export interface EndpointResolverOptions {
  /** The endpoint of DynamoDB for all regions. Absent: each region has its own. */
  readonly endpoint?: string | undefined;
  /** The endpoints of other services for all regions, by the first label of their hosts, such as `ssm`. */
  readonly endpoints?: Readonly<Record<string, string>> | undefined;
  /** Absent: credentials are found as SDKs find them. */
  readonly credentialsEndpoint?: CredentialsEndpoint | undefined;
  /** The environment variables. Absent: the SDK resolves everything and reads them itself. */
  readonly env?: CredentialsEnvironment;
  /** The region of services that return credentials. Default: us-east-1. */
  readonly region?: string | undefined;
}

const DYNAMODB = 'dynamodb';

/** Finds the endpoints of services and the credentials. The SDK is loaded only for cases that this class does not know. */
export class EndpointResolver {
  readonly #endpoints: ReadonlyMap<string, URL>;
  readonly #credentials: EndpointCredentials | undefined;
  readonly #env: CredentialsEnvironment;
  readonly #region: string | undefined;
  #sdk: Promise<SdkResolver> | undefined;

  constructor(
    { endpoint, endpoints, credentialsEndpoint, env = {}, region }: EndpointResolverOptions,
    clock: Clock,
  ) {
    const given = { ...endpoints, ...(endpoint === undefined ? {} : { dynamodb: endpoint }) };
    this.#endpoints = new Map(
      Object.entries(given).map(([label, url]) => [label, new URL(url.replace(/\/*$/, '/'))]),
    );
    this.#credentials = credentialsEndpoint && new EndpointCredentials(credentialsEndpoint, clock);
    this.#env = env;
    this.#region = region;
  }

  /** Returns valid credentials; with `renewed`, new ones. Rejects with the errors of the provider. */
  async credentials(renewed: boolean): Promise<KnownCredentials> {
    if (this.#credentials !== undefined) {
      return renewed ? this.#credentials.renew() : this.#credentials.current();
    }
    return credentialsIn(this.#env) ?? (await this.#askSdk()).credentials(renewed);
  }

  /**
   * The endpoint of an operation in a region, at once if the SDK is not needed. `AwsClient` keeps it.
   *
   * @param label the first label of the host of the service, such as `dynamodb`
   */
  endpointFor(operation: string, region: string, label: string = DYNAMODB): URL | Promise<URL> {
    const given = this.#endpoints.get(label);
    if (given !== undefined) return given;
    const isSearch = label === DYNAMODB && operation === 'SearchVectors';
    const plain = !isSearch && wantsPlainHosts(this.#env) ? plainEndpoint(region, label) : undefined;
    return plain ?? this.#findEndpoint(region, label, isSearch);
  }

  async #findEndpoint(region: string, label: string, isSearch: boolean): Promise<URL> {
    if (!REGION_NAME.test(region)) throw new RangeError('the name of the region is malformed');
    const sdk = await this.#askSdk();
    return label === DYNAMODB ? sdk.endpointFor(region, isSearch) : sdk.endpointOf(label, region);
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

/** Regions of the partition `aws`. The pattern is the SDK's. */
const COMMERCIAL_REGION = /^(us|eu|ap|sa|ca|me|af|il|mx)-\w+-\d+$/;

/** The endpoint of a service in a region of the partition `aws`; undefined for other regions. */
export const plainEndpoint = (region: string, label: string = DYNAMODB): URL | undefined =>
  COMMERCIAL_REGION.test(region) ? new URL(`https://${label}.${region}.amazonaws.com`) : undefined;

/** The credentials in environment variables, which come first in the chain of the SDKs; undefined if they are not set. */
const credentialsIn = (env: CredentialsEnvironment): KnownCredentials | undefined => {
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = env;
  if (!accessKeyId || !secretAccessKey) return undefined;
  const expiration = env.AWS_CREDENTIAL_EXPIRATION;
  return {
    accessKeyId,
    secretAccessKey,
    sessionToken: env.AWS_SESSION_TOKEN || undefined,
    accountId: env.AWS_ACCOUNT_ID || undefined,
    ...(expiration ? { expiration: new Date(expiration) } : {}),
  };
};

/** Whether neither variables nor files, which Lambda does not have, can select FIPS or dual-stack hosts. */
const wantsPlainHosts = (env: CredentialsEnvironment): boolean =>
  (env.AWS_LAMBDA_RUNTIME_API ?? '') !== '' &&
  env.AWS_CONFIG_FILE === undefined &&
  env.AWS_USE_FIPS_ENDPOINT === undefined &&
  env.AWS_USE_DUALSTACK_ENDPOINT === undefined;
