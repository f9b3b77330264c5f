import type { Address } from '../cache/cache-entry.ts';
import {
  type DecodedPairs,
  firstValues,
  isSwitchedOn,
  type RefreshRequest,
  refreshRequest,
} from '../named-values/extension-query.ts';
import { MalformedValueNameError } from '../named-values/names.ts';
import type { ParameterDirectory } from './parameter-directory.ts';
import { type ParameterReference, parameterName, selectedName } from './parameter-key.ts';

const VERSION = /^\d+$/;

/** Parses the query of `/parameters`: `name`, one of `version` and `label`, and `withDecryption`, which is true by default. */
export class ParameterAddressParser {
  /** The names of the supported query parameters. */
  readonly parameters: readonly string[] = ['name', 'version', 'label', 'withDecryption'];
  readonly #directory: ParameterDirectory;

  constructor(directory: ParameterDirectory) {
    this.#directory = directory;
  }

  /**
   * Returns the address of the parameter.
   *
   * @param query parameters by name, decoded
   * @throws {MalformedValueNameError | ValueNotListedError}
   */
  parse(query: ReadonlyMap<string, string>): Address {
    const key = this.#directory.keyOf({
      name: ownName(query),
      withDecryption: ownDecryption(query.get('withDecryption')),
    });
    return { group: key.group, key };
  }
}

const ownName = (query: ReadonlyMap<string, string>): string => {
  const name = query.get('name');
  const version = query.get('version');
  const label = query.get('label');
  if (name === undefined) throw new MalformedValueNameError('name is required');
  if (version !== undefined && label !== undefined) {
    throw new MalformedValueNameError('version cannot be combined with label');
  }
  if (version !== undefined && !VERSION.test(version)) {
    throw new MalformedValueNameError('version is not a whole number; use label for a label');
  }
  const selector = version ?? label;
  return selector === undefined ? name : selectedName(name, selector);
};

const ownDecryption = (text = 'true'): boolean => {
  if (text === 'true' || text === 'false') return text === 'true';
  throw new MalformedValueNameError('withDecryption must be one of: true, false');
};

/** A request to `/systemsmanager/parameters/get` of the compatible listener. */
export interface ParameterExtensionRequest extends RefreshRequest {
  readonly parameter: ParameterReference;
}

/**
 * Parses the query of `/systemsmanager/parameters/get`. The first of `version` and `label` counts; unknown parameters are
 * ignored.
 *
 * @throws {MalformedValueNameError} if the name is missing or malformed
 * @see https://docs.aws.amazon.com/systems-manager/latest/userguide/ps-integration-lambda-extensions.html
 */
export const parseParameterQuery = (pairs: DecodedPairs): ParameterExtensionRequest => {
  const values = firstValues(pairs);
  const name = values.get('name') ?? '';
  const selector = [...values].find(([parameter]) => parameter === 'version' || parameter === 'label')?.[1];
  return {
    parameter: {
      name: selector === undefined ? parameterName(name) : selectedName(name, selector),
      withDecryption: isSwitchedOn(values, 'withDecryption'),
    },
    ...refreshRequest(values),
  };
};
