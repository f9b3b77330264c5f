import type { CredentialsEndpoint } from '../../aws/credentials/endpoint-credentials.ts';
import type { ProxySettings } from '../../aws/http-client/proxy-tunnel.ts';
import { isOwnAddress } from './server-settings.ts';
import { PLATFORM_VARIABLES, VARIABLES } from './variable-names.ts';
import { shownValue, type Variables } from './variables.ts';

/** What the layer has for `AWS_LAMBDA_EXEC_WRAPPER`. */
const WRAPPER = '/dynamodb-cache-endpoint';

const URL_RULE = 'an http or https URL without credentials, query and fragment';

/**
 * The URL at which DynamoDB is asked; undefined for that of the region. Outside Lambda the variables of the AWS SDKs count,
 * too: there they are set for this process, while in Lambda they are the function's and may lead here.
 */
export const upstreamEndpoint = (ownPort: number, variables: Variables): string | undefined => {
  const own = variables.text(VARIABLES.dynamoDbEndpoint);
  if (own !== undefined) {
    if (isPlainHttpUrl(own) && !isOwnAddress(own, ownPort)) return own;
    const rule = `${URL_RULE}, other than that of this extension`;
    variables.report(`${VARIABLES.dynamoDbEndpoint} is ${shownUrl(own)}; allowed: ${rule}`);
    return undefined;
  }
  const name = sdkEndpointVariable(variables);
  const endpoint = name === undefined ? undefined : variables.text(name);
  if (name === undefined || endpoint === undefined || ignoresSdkEndpoints(variables)) return undefined;
  const elsewhere = `or set ${VARIABLES.dynamoDbEndpoint} to where DynamoDB is`;
  if (!isPlainHttpUrl(endpoint)) {
    variables.report(
      `${name} is ${shownUrl(endpoint)}; allowed: ${URL_RULE}; correct or unset it, ${elsewhere}`,
    );
    return undefined;
  }
  if (!isOwnAddress(endpoint, ownPort)) return endpoint;
  variables.report(
    `${name} is ${shownUrl(endpoint)}, the address of this server itself, which would call itself without end; unset it, set ${PLATFORM_VARIABLES.ignoreEndpoints}=true to use the region's endpoint, ${elsewhere}`,
  );
  return undefined;
};

/** The variable by which SDKs find DynamoDB; that of the service goes before that of all services. */
const sdkEndpointVariable = (variables: Variables): string | undefined =>
  [PLATFORM_VARIABLES.endpointOfDynamoDb, PLATFORM_VARIABLES.endpoint].find(
    (name) => variables.text(name) !== undefined,
  );

const ignoresSdkEndpoints = (variables: Variables): boolean =>
  variables.text(PLATFORM_VARIABLES.runtimeApi) !== undefined ||
  variables.text(PLATFORM_VARIABLES.ignoreEndpoints)?.toLowerCase() === 'true';

const shownUrl = (url: string): string => shownValue(url.replace(/\/\/.*@/s, '//…@'));

/** Whether the SDKs of the function look for DynamoDB here: they follow the more special of the two variables. */
export const areSdksPointedHere = (ownPort: number, variables: Variables): boolean => {
  // It points them here where they run, which this process does not see.
  if (variables.text(PLATFORM_VARIABLES.execWrapper)?.endsWith(WRAPPER) === true) return true;
  const name = sdkEndpointVariable(variables);
  const endpoint = name === undefined ? undefined : variables.text(name);
  return endpoint !== undefined && isOwnAddress(endpoint, ownPort);
};

const isPlainHttpUrl = (text: string): boolean => {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password, search, hash } = new URL(text);
  return /^https?:$/.test(protocol) && [username, password, search, hash].every((part) => part === '');
};

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

const PROXY_RULE = 'http://[user:password@]host:port, other than the address of this extension';

/** The word that says that the variables of other programs count. */
const FROM_ENVIRONMENT = 'environment';

/** The proxy for calls to AWS; undefined where they are made directly. */
export const proxySettings = (ownPort: number, variables: Variables): ProxySettings | undefined => {
  const given = variables.text(VARIABLES.httpsProxy);
  if (given === undefined) return undefined;
  const isFromEnvironment = given === FROM_ENVIRONMENT;
  const name = isFromEnvironment ? setName(variables, 'HTTPS_PROXY') : VARIABLES.httpsProxy;
  const url = variables.text(name);
  if (url === undefined) return undefined;
  if (!isProxyUrl(url) || isOwnAddress(url, ownPort)) {
    variables.report(problemOf(name, url, isFromEnvironment));
    return undefined;
  }
  const noProxy = isFromEnvironment ? variables.text(setName(variables, 'NO_PROXY')) : undefined;
  return { url, noProxy: noProxy ?? '' };
};

/** The name in lower case where only that is set. */
const setName = (variables: Variables, name: string): string =>
  variables.text(name) === undefined ? name.toLowerCase() : name;

const problemOf = (name: string, url: string, isFromEnvironment: boolean): string => {
  // Whatever has an @ may hold a password.
  const given = url.includes('@')
    ? 'is not the URL of a usable proxy (its value is not shown)'
    : `is ${shownValue(url)}`;
  return isFromEnvironment
    ? `${name} ${given}, and ${VARIABLES.httpsProxy} is "${FROM_ENVIRONMENT}"; allowed: ${PROXY_RULE}`
    : `${name} ${given}; allowed: ${PROXY_RULE}, or ${FROM_ENVIRONMENT} for the proxy of HTTPS_PROXY and NO_PROXY`;
};

const isProxyUrl = (text: string): boolean => {
  // URL corrects what others refuse, such as a missing slash.
  if (!/^http:\/\//i.test(text) || !URL.canParse(text)) return false;
  const { username, password, pathname, search, hash } = new URL(text);
  return pathname === '/' && search === '' && hash === '' && isDecodable(username) && isDecodable(password);
};

const isDecodable = (text: string): boolean => {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
};
