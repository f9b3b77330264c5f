import { isOwnAddress } from './own-address.ts';
import { shownValue } from './shown-value.ts';
import { PLATFORM_VARIABLES, VARIABLES } from './variable-names.ts';
import type { Variables } from './variables.ts';

/** What the layer has for `AWS_LAMBDA_EXEC_WRAPPER`. */
const WRAPPER = '/dynamodb-cache-endpoint';

/** The URL at which DynamoDB is asked; undefined for that of the region. */
export const upstreamEndpoint = (ownPort: number, variables: Variables): string | undefined => {
  const endpoint = variables.text(VARIABLES.dynamoDbEndpoint);
  if (endpoint === undefined || (isPlainHttpUrl(endpoint) && !isOwnAddress(endpoint, ownPort)))
    return endpoint;
  const shown = shownValue(endpoint.replace(/\/\/.*@/s, '//…@'));
  variables.report(
    `${VARIABLES.dynamoDbEndpoint} is ${shown}; allowed: an http or https URL without credentials, query and fragment, other than that of this extension`,
  );
  return undefined;
};

/** Whether the SDKs of the function look for DynamoDB here: they follow the more special of the two variables. */
export const areSdksPointedHere = (ownPort: number, variables: Variables): boolean => {
  // It points them here where they run, which this process does not see.
  if (variables.text(PLATFORM_VARIABLES.execWrapper)?.endsWith(WRAPPER) === true) return true;
  const endpoint =
    variables.text(PLATFORM_VARIABLES.endpointOfDynamoDb) ?? variables.text(PLATFORM_VARIABLES.endpoint);
  return endpoint !== undefined && isOwnAddress(endpoint, ownPort);
};

const isPlainHttpUrl = (text: string): boolean => {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password, search, hash } = new URL(text);
  return /^https?:$/.test(protocol) && [username, password, search, hash].every((part) => part === '');
};
