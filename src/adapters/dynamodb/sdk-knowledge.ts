import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { KnownCredentials } from './key-ring.ts';

/** What the SDK knows of endpoints and credentials. It sends nothing to DynamoDB. The only file that loads the SDK, so that it can be loaded late. */
export class SdkKnowledge {
  readonly #config: DynamoDBClient['config'];

  /** @param region where services for credentials are asked */
  constructor(region = 'us-east-1') {
    const { config } = new DynamoDBClient({
      region,
      // In the environment of a function that is not meant for us, AWS_PROFILE would beat the role's credentials.
      profile: '',
      // AWS_ENDPOINT_URL is the function's, and may point at this very process.
      ignoreConfiguredEndpointUrls: true,
      // What is not said here is looked for in files that a sandbox does not have.
      defaultsMode: 'standard',
      authSchemePreference: [],
      userAgentAppId: async () => undefined,
    });
    this.#config = config;
  }

  /** Those that are valid still, or with `renewed` those of this moment. Rejects with the provider's errors. */
  credentials(renewed: boolean): Promise<KnownCredentials> {
    return this.#config.credentials({ forceRefresh: renewed });
  }

  /** Where DynamoDB is in the region, or its search for vectors. */
  async endpointFor(region: string, isSearch: boolean): Promise<URL> {
    const { endpointProvider, useFipsEndpoint, useDualstackEndpoint } = this.#config;
    const { url } = endpointProvider({
      Region: region,
      UseFIPS: await useFipsEndpoint(),
      UseDualStack: await useDualstackEndpoint(),
      AccountIdEndpointMode: 'disabled',
      ...(isSearch ? { IsSearchOperation: true } : {}),
    });
    return url;
  }
}
