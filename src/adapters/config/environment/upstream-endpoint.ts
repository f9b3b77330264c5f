import { isOwnAddress } from './own-address.ts';
import { shownValue } from './shown-value.ts';
import { PLATFORM_VARIABLES, VARIABLES } from './variable-names.ts';
import type { Variables } from './variables.ts';

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
