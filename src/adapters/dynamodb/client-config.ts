import type { DynamoDBClientConfig } from '@aws-sdk/client-dynamodb';
import type { EndpointCredentials } from './endpoint-credentials.ts';

/** What clients of the SDK differ in. */
export interface ClientOptions {
  readonly region: string;
  /** Absent where it is the region's. */
  readonly endpoint: string | undefined;
  /** Absent where the SDK finds credentials by itself. */
  readonly credentials?: Pick<EndpointCredentials, 'get'>;
}

/** Settings under which the SDK looks at nothing that is meant for the function alone, and tries nothing twice. */
export const clientConfig = ({ region, endpoint, credentials }: ClientOptions): DynamoDBClientConfig => ({
  ...endpointConfig(endpoint),
  ...(credentials === undefined ? {} : { credentials: () => credentials.get() }),
  region,
  // In the environment of a function that is not meant for us, AWS_PROFILE would beat the role's credentials.
  profile: '',
  maxAttempts: 1,
  retryMode: 'standard',
  // What is not said here is looked for in files that a sandbox does not have.
  defaultsMode: 'standard',
  accountIdEndpointMode: 'disabled',
  endpointDiscoveryEnabled: false,
  authSchemePreference: [],
  userAgentAppId: async () => undefined,
  disableClockSkewCorrection: false,
});

const endpointConfig = (endpoint: string | undefined): DynamoDBClientConfig =>
  endpoint === undefined
    ? // AWS_ENDPOINT_URL is the function's, and may point at this very process.
      { ignoreConfiguredEndpointUrls: true }
    : { endpoint, useFipsEndpoint: false, useDualstackEndpoint: false };
