import type { CredentialsEndpoint } from '../settings.ts';
import { PLATFORM_VARIABLES } from './variable-names.ts';
import type { Variables } from './variables.ts';

/** The address of Lambda's own endpoint, beside that of the Runtime API. */
const LAMBDA_HOST = '169.254.100.1';

/**
 * Lambda's endpoint for credentials, which the AWS SDK refuses to ask: it takes plain HTTP to the addresses of containers only.
 * All other ways to credentials are left to the SDK, those in variables too.
 */
export const credentialsEndpoint = (variables: Variables): CredentialsEndpoint | undefined => {
  const url = variables.text(PLATFORM_VARIABLES.credentialsUri);
  const token = variables.text(PLATFORM_VARIABLES.credentialsToken);
  if (url === undefined || token === undefined || hasOwnCredentials(variables)) return undefined;
  return isLambdas(url, variables.text(PLATFORM_VARIABLES.runtimeApi)) ? { url, token } : undefined;
};

const hasOwnCredentials = (variables: Variables): boolean =>
  variables.text(PLATFORM_VARIABLES.accessKeyId) !== undefined &&
  variables.text(PLATFORM_VARIABLES.secretAccessKey) !== undefined;

/** The token must go to nobody else, since it goes unencrypted. */
const isLambdas = (text: string, runtimeApi: string | undefined): boolean => {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return url?.protocol === 'http:' && (url.host === runtimeApi || url.hostname === LAMBDA_HOST);
};
