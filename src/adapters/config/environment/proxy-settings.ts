import type { ProxySettings } from '../settings.ts';
import { isOwnAddress } from './own-address.ts';
import { shownValue } from './shown-value.ts';
import { VARIABLES } from './variable-names.ts';
import type { Variables } from './variables.ts';

const URL_RULE = 'http://[user:password@]host:port, other than the address of this extension';

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
    ? `${name} ${given}, and ${VARIABLES.httpsProxy} is "${FROM_ENVIRONMENT}"; allowed: ${URL_RULE}`
    : `${name} ${given}; allowed: ${URL_RULE}, or ${FROM_ENVIRONMENT} for the proxy of HTTPS_PROXY and NO_PROXY`;
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
