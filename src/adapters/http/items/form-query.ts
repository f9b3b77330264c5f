import { BadRequestError } from './bad-request-error.ts';

/**
 * The parameters of a form-encoded query string, decoded: `+` is a space, `%2B` a plus.
 *
 * @param query what follows the `?`, as it was sent
 * @throws {BadRequestError} `malformed_name` for a bad `%`, bytes that are not UTF-8, and a parameter given twice
 */
export const parseFormQuery = (query: string): Map<string, string> => {
  const parameters = new Map<string, string>();
  let start = 0;
  while (start < query.length) {
    const ampersand = query.indexOf('&', start);
    const end = ampersand === -1 ? query.length : ampersand;
    if (end > start) addPair(parameters, query.slice(start, end));
    start = end + 1;
  }
  return parameters;
};

const addPair = (parameters: Map<string, string>, pair: string): void => {
  const equals = pair.indexOf('=');
  const name = decode(equals === -1 ? pair : pair.slice(0, equals));
  if (parameters.has(name)) throw new BadRequestError('malformed_name', 'a query parameter is given twice');
  parameters.set(name, equals === -1 ? '' : decode(pair.slice(equals + 1)));
};

const decode = (text: string): string => {
  const spaced = text.includes('+') ? text.replaceAll('+', ' ') : text;
  if (!spaced.includes('%')) return spaced;
  try {
    return decodeURIComponent(spaced);
  } catch {
    throw new BadRequestError(
      'malformed_name',
      'the query string is not percent-encoded UTF-8: a percent sign itself is written %25',
    );
  }
};

/** The query string of the target of a request, without the `?`; empty if there is none. Targets have no fragments: a `#` is a `#`. */
export const queryOf = (url: string): string => {
  const question = url.indexOf('?');
  return question === -1 ? '' : url.slice(question + 1);
};
