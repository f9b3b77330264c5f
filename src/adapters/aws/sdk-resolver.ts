import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { KnownCredentials } from './credentials/credential-cache.ts';

/** What the SDK knows of endpoints and credentials. It sends nothing to DynamoDB. The only file that loads the SDK, so that it can be loaded late. */
export class SdkResolver {
  readonly #config: DynamoDBClient['config'];

  /** @param region where services for credentials are asked */
  constructor(region = 'us-east-1') {
    // In the environment of a function that is not meant for us, AWS_PROFILE would beat the role's credentials.
    const { config } = new DynamoDBClient({ region, profile: '' });
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
      ...(isSearch ? { IsSearchOperation: true } : {}),
    });
    return url;
  }
}
