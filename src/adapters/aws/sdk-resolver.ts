import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { partition } from '@aws-sdk/core/client';
import type { KnownCredentials } from './credentials/credentials.ts';

/** Asks the SDK for endpoints and credentials. The only file that imports the SDK, so the SDK is loaded late. Calls nothing of DynamoDB. */
export class SdkResolver {
  readonly #config: DynamoDBClient['config'];

  /** @param region the region of services that return credentials */
  constructor(region = 'us-east-1') {
    // AWS_PROFILE may be set for the function. It would take precedence over the credentials of the role.
    const { config } = new DynamoDBClient({ region, profile: '' });
    this.#config = config;
  }

  /** Returns valid credentials; with `renewed`, new ones. Rejects with the errors of the provider. */
  credentials(renewed: boolean): Promise<KnownCredentials> {
    return this.#config.credentials({ forceRefresh: renewed });
  }

  /** The endpoint of DynamoDB in the region, or that of its vector search. */
  async endpointFor(region: string, isSearch: boolean): Promise<URL> {
    const { endpointProvider, useFipsEndpoint, useDualstackEndpoint } = this.#config;
    const { url } = endpointProvider({
      Region: region,
      UseFIPS: await useFipsEndpoint(),
      UseDualStack: await useDualstackEndpoint(),
      ...(isSearch ? { IsSearchOperation: true } : {}),
    });
    return url;
  }

  /**
   * The endpoint of another service in the region, by the rules that its SDK has.
   *
   * @param label the first label of its hosts, such as `ssm`
   */
  async endpointOf(label: string, region: string): Promise<URL> {
    const { useFipsEndpoint, useDualstackEndpoint } = this.#config;
    const { name, dnsSuffix, dualStackDnsSuffix } = partition(region);
    const [isFips, isDualStack] = await Promise.all([useFipsEndpoint(), useDualstackEndpoint()]);
    // In GovCloud, the plain hosts of these services are FIPS hosts.
    const isPlainFips = name === 'aws-us-gov' && !isDualStack && PLAIN_FIPS_IN_GOVCLOUD.has(label);
    const host = isFips && !isPlainFips ? `${label}-fips` : label;
    const hasDualStackHost = isDualStack && !(label === SECRETS_MANAGER && PLAIN_DUAL_STACK.has(name));
    return new URL(`https://${host}.${region}.${hasDualStackHost ? dualStackDnsSuffix : dnsSuffix}`);
  }
}

const SECRETS_MANAGER = 'secretsmanager';

/** The partitions in which the plain hosts of Secrets Manager are dual-stack hosts. */
const PLAIN_DUAL_STACK: ReadonlySet<string> = new Set(['aws', 'aws-cn', 'aws-us-gov']);

const PLAIN_FIPS_IN_GOVCLOUD: ReadonlySet<string> = new Set(['appconfigdata', 'ssm', 'sts']);
