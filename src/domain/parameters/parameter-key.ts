import { EntryKey } from '../cache/cache-entry.ts';
import { checkedName, MalformedValueNameError } from '../named-values/names.ts';

/** What identifies an entry: the `Name` of a `GetParameter` request, and whether to decrypt. */
export interface ParameterReference {
  /** A name or ARN, with a version or label as `name:selector`. Different spellings are different entries. */
  readonly name: string;
  readonly withDecryption: boolean;
}

const DECRYPTED = 'd';
const ENCRYPTED = 'e';
const PAGE = 'p';

/** The input of `GetParametersByPath`, without filters. */
export interface ParameterPage {
  readonly Path: string;
  readonly Recursive: boolean;
  readonly WithDecryption: boolean;
  readonly MaxResults?: number;
  readonly NextToken?: string;
}

/** Makes the key of a page of parameters. The members must be in the order of `ParameterPage`. */
export const parameterPageKey = (group: string, page: ParameterPage): EntryKey =>
  new EntryKey(group, PAGE + JSON.stringify(page));

/** The input of a page as JSON; undefined for the key of a parameter. */
export const parameterPageInput = ({ id }: EntryKey): string | undefined =>
  id.startsWith(PAGE) ? id.slice(PAGE.length) : undefined;

/** Makes the key of a reference with a checked name. */
export const parameterKey = (group: string, { name, withDecryption }: ParameterReference): EntryKey =>
  new EntryKey(group, (withDecryption ? DECRYPTED : ENCRYPTED) + name);

/** Returns the reference of a key. For a key of a page, its name is the input of the page. */
export const parseParameterKey = ({ id }: EntryKey): ParameterReference => ({
  name: id.slice(1),
  withDecryption: id.startsWith(DECRYPTED),
});

/** A name or ARN up to the colon that ends it. */
const UNSELECTED = /^(?:arn:(?:[^:]*:){4})?[^:]*/;
const EMPTY_PART = /^:|:$/;

/**
 * Returns the name without white space around it.
 *
 * @throws {MalformedValueNameError} if it is not a name, or its name or selector is empty
 */
export const parameterName = (text: string): string => {
  const name = checkedName(text, 'name');
  if (EMPTY_PART.test(name)) {
    throw new MalformedValueNameError(
      'name begins or ends with a colon: the form is name:version or name:label',
    );
  }
  return name;
};

/**
 * Adds a version or label to a name.
 *
 * @throws {MalformedValueNameError} if either is malformed, or the name contains a version or label
 */
export const selectedName = (text: string, selector: string): string => {
  const name = parameterName(text);
  if (unselectedName(name) !== name) {
    throw new MalformedValueNameError('name already contains a version or label');
  }
  return `${name}:${checkedName(selector, 'version or label')}`;
};

/** The name without its version or label. */
export const unselectedName = (name: string): string => UNSELECTED.exec(name)?.[0] ?? name;
