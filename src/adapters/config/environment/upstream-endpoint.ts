import type { CredentialsEndpoint } from '../../aws/credentials/endpoint-credentials.ts';
import type { ProxySettings } from '../../aws/http-client/proxy-tunnel.ts';
import type { AppConfigAgentUrlRules } from './appconfig-agent.ts';
import { isOwnAddress } from './server-settings.ts';
import { PLATFORM_VARIABLES, VARIABLES } from './variable-names.ts';
import { shownValue, type Variables } from './variables.ts';

/** The end of the path of the layer's script for `AWS_LAMBDA_EXEC_WRAPPER`. */
const WRAPPER = '/dynamodb-cache-endpoint';

const URL_RULE = 'an http or https URL without credentials, query and fragment';

/** How the endpoint of a service is set. */
interface EndpointVariables {
  /** How messages name the service. */
  readonly service: string;
  readonly own: string;
  readonly ofSdks: string;
}

export const DYNAMODB_ENDPOINT: EndpointVariables = {
  service: 'DynamoDB',
  own: VARIABLES.dynamoDbEndpoint,
  ofSdks: PLATFORM_VARIABLES.endpointOfDynamoDb,
};

/** Other services by the first label of their hosts. */
const OTHER_ENDPOINTS: Readonly<Record<string, EndpointVariables>> = {
  ssm: { service: 'SSM', own: VARIABLES.ssmEndpoint, ofSdks: PLATFORM_VARIABLES.endpointOfSsm },
  secretsmanager: {
    service: 'Secrets Manager',
    own: VARIABLES.secretsManagerEndpoint,
    ofSdks: PLATFORM_VARIABLES.endpointOfSecretsManager,
  },
  appconfigdata: {
    service: 'AppConfig',
    own: VARIABLES.appConfigDataEndpoint,
    ofSdks: PLATFORM_VARIABLES.endpointOfAppConfigData,
  },
  sts: { service: 'STS', own: VARIABLES.stsEndpoint, ofSdks: PLATFORM_VARIABLES.endpointOfSts },
};

/** The URLs of services other than DynamoDB that have no endpoint of their region, by the first label of their hosts. */
export const endpointsOf = (ownPort: number, variables: Variables): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(OTHER_ENDPOINTS).flatMap(([label, names]) => {
      const url = upstreamEndpoint(names, ownPort, variables);
      return url === undefined ? [] : [[label, url]];
    }),
  );

/**
 * The URL of a service; undefined for the endpoint of the region. Outside Lambda, the variables of the AWS SDKs apply as well.
 * In Lambda they are set for the function and may point at this server.
 */
export const upstreamEndpoint = (
  names: EndpointVariables,
  ownPort: number,
  variables: Variables,
): string | undefined => {
  const own = variables.text(names.own);
  if (own !== undefined) {
    if (isPlainHttpUrl(own) && !isOwnAddress(own, ownPort)) return own;
    const rule = `${URL_RULE}, other than that of this extension`;
    variables.report(`${names.own} is ${shownUrl(own)}; allowed: ${rule}`);
    return undefined;
  }
  const name = sdkEndpointVariable(names, variables);
  const endpoint = name === undefined ? undefined : variables.text(name);
  if (name === undefined || endpoint === undefined || ignoresSdkEndpoints(variables)) return undefined;
  const isUsable = isPlainHttpUrl(endpoint) && !isOwnAddress(endpoint, ownPort);
  // The problems of the variable for all services are reported once.
  if (isUsable || (name === PLATFORM_VARIABLES.endpoint && names !== DYNAMODB_ENDPOINT))
    return isUsable ? endpoint : undefined;
  const elsewhere = `or set ${names.own} to the URL of ${names.service}`;
  if (!isPlainHttpUrl(endpoint)) {
    variables.report(
      `${name} is ${shownUrl(endpoint)}; allowed: ${URL_RULE}; correct or unset it, ${elsewhere}`,
    );
    return undefined;
  }
  variables.report(
    `${name} is ${shownUrl(endpoint)}, the address of this server itself, which would call itself without end; unset it, set ${PLATFORM_VARIABLES.ignoreEndpoints}=true to use the region's endpoint, ${elsewhere}`,
  );
  return undefined;
};

/** The variable from which SDKs take the endpoint of a service. The service-specific variable takes precedence. */
const sdkEndpointVariable = (names: EndpointVariables, variables: Variables): string | undefined =>
  [names.ofSdks, PLATFORM_VARIABLES.endpoint].find((name) => variables.text(name) !== undefined);

const ignoresSdkEndpoints = (variables: Variables): boolean =>
  variables.text(PLATFORM_VARIABLES.runtimeApi) !== undefined ||
  variables.text(PLATFORM_VARIABLES.ignoreEndpoints)?.toLowerCase() === 'true';

const shownUrl = (url: string): string => shownValue(url.replace(/\/\/.*@/s, '//…@'));

/** Whether the function's SDKs use this server as their DynamoDB endpoint. */
export const areSdksPointedHere = (ownPort: number, variables: Variables): boolean => {
  // The wrapper sets the endpoint in the function's process, whose environment is not visible here.
  if (variables.text(PLATFORM_VARIABLES.execWrapper)?.endsWith(WRAPPER) === true) return true;
  return isPointedHere(DYNAMODB_ENDPOINT, ownPort, variables);
};

const SDK_SERVICES = ['ssm', 'secretsmanager'];

/** The services besides DynamoDB whose SDKs use this server as their endpoint, by the first label of their hosts. */
export const servicesPointedHere = (ownPort: number, variables: Variables): readonly string[] => {
  const listed =
    variables
      .text(VARIABLES.sdkEndpoints)
      ?.split(',')
      .map((word) => word.trim()) ?? [];
  if (!listed.every((word) => SDK_SERVICES.includes(word))) {
    variables.reject(VARIABLES.sdkEndpoints, `${SDK_SERVICES.join(', ')}, or both with a comma between`);
  }
  return SDK_SERVICES.filter((label) => {
    const names = OTHER_ENDPOINTS[label];
    return listed.includes(label) || (names !== undefined && isPointedHere(names, ownPort, variables));
  });
};

const isPointedHere = (names: EndpointVariables, ownPort: number, variables: Variables): boolean => {
  const name = sdkEndpointVariable(names, variables);
  const endpoint = name === undefined ? undefined : variables.text(name);
  return endpoint !== undefined && isOwnAddress(endpoint, ownPort);
};

const isPlainHttpUrl = (text: string): boolean => {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password, search, hash } = new URL(text);
  return /^https?:$/.test(protocol) && [username, password, search, hash].every((part) => part === '');
};

/** The address of Lambda's credentials endpoint, if it is not the address of the Runtime API. */
const LAMBDA_HOST = '169.254.100.1';

/**
 * Lambda's credentials endpoint. The AWS SDK does not support it, because it allows plain HTTP only to container addresses.
 * Returns undefined for all other credentials, which the SDK resolves.
 */
export const credentialsEndpoint = (variables: Variables): CredentialsEndpoint | undefined => {
  const url = variables.text(PLATFORM_VARIABLES.credentialsUri);
  const token = variables.text(PLATFORM_VARIABLES.credentialsToken);
  if (url === undefined || token === undefined || hasOwnCredentials(variables)) return undefined;
  return isLambdaEndpoint(url, variables.text(PLATFORM_VARIABLES.runtimeApi)) ? { url, token } : undefined;
};

const hasOwnCredentials = (variables: Variables): boolean =>
  variables.text(PLATFORM_VARIABLES.accessKeyId) !== undefined &&
  variables.text(PLATFORM_VARIABLES.secretAccessKey) !== undefined;

/** The token is sent unencrypted, so it must be sent to Lambda's own addresses only. */
const isLambdaEndpoint = (text: string, runtimeApi: string | undefined): boolean => {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return url?.protocol === 'http:' && (url.host === runtimeApi || url.hostname === LAMBDA_HOST);
};

const PROXY_RULE = 'http://[user:password@]host:port, other than the address of this extension';

/** The value that enables `HTTPS_PROXY` and `NO_PROXY`. */
const FROM_ENVIRONMENT = 'environment';

/** The proxy for calls to AWS; undefined for direct calls. */
export const proxySettings = (ownPort: number, variables: Variables): ProxySettings | undefined => {
  const given = variables.text(VARIABLES.httpsProxy);
  if (given === undefined) return undefined;
  const isFromEnvironment = given === FROM_ENVIRONMENT;
  const name = isFromEnvironment ? spellingInUse(variables, 'HTTPS_PROXY') : VARIABLES.httpsProxy;
  const url = variables.text(name);
  if (url === undefined) return undefined;
  if (!isProxyUrl(url) || isOwnAddress(url, ownPort)) {
    variables.report(problemOf(name, url, isFromEnvironment));
    return undefined;
  }
  const noProxy = isFromEnvironment ? variables.text(spellingInUse(variables, 'NO_PROXY')) : undefined;
  return { url, noProxy: noProxy ?? '' };
};

/** Returns the name in lower case if the variable is not set in upper case. */
const spellingInUse = (variables: Variables, name: string): string =>
  variables.text(name) === undefined ? name.toLowerCase() : name;

const problemOf = (name: string, url: string, isFromEnvironment: boolean): string => {
  // A value with an @ may contain a password.
  const given = url.includes('@')
    ? 'is not the URL of a usable proxy (its value is not shown)'
    : `is ${shownValue(url)}`;
  return isFromEnvironment
    ? `${name} ${given}, and ${VARIABLES.httpsProxy} is "${FROM_ENVIRONMENT}"; allowed: ${PROXY_RULE}`
    : `${name} ${given}; allowed: ${PROXY_RULE}, or ${FROM_ENVIRONMENT} for the proxy of HTTPS_PROXY and NO_PROXY`;
};

const isProxyUrl = (text: string): boolean => {
  // `URL` corrects errors that other programs reject, such as a missing slash.
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

/** The URLs that variables of AWS's AppConfig Agent may have. */
export const appConfigAgentUrlRules = (ownPort: number): AppConfigAgentUrlRules => ({
  endpoint: {
    isAllowed: (url) => isPlainHttpUrl(url) && !isOwnAddress(url, ownPort),
    allowed: `${URL_RULE}, other than that of this extension`,
  },
  proxy: { isAllowed: (url) => isProxyUrl(url) && !isOwnAddress(url, ownPort), allowed: PROXY_RULE },
});
