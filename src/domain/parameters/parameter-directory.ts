import type { Address, EntryKey } from '../cache/cache-entry.ts';
import type { Coherence } from '../cache/coherence.ts';
import type { Lifetimes } from '../cache/ttl-policy.ts';
import type { AssumedRole } from '../iam/assumed-role.ts';
import {
  type DecodedPairs,
  firstValues,
  isSwitchedOn,
  type RefreshRequest,
  refreshRequest,
} from '../named-values/extension-query.ts';
import { checkedName, MalformedValueNameError, ValueNotListedError } from '../named-values/names.ts';
import {
  parameterKey,
  parameterName,
  type ParameterReference,
  selectedName,
  unselectedName,
} from './parameter-key.ts';

/** The parameters that one entry of `cache.yaml` lists. */
export interface ParameterGroup {
  readonly group: string;
  /** Names or ARNs. A name without a version or label also lists all its versions and labels. */
  readonly names: readonly string[];
  /** Lists the parameters below this path, with those of deeper levels. */
  readonly path?: string;
}

/** An entry of `cache.yaml`, with its settings. */
export interface ListedParameters extends Pick<ParameterGroup, 'names' | 'path'> {
  /** Default: the region of the function. */
  readonly region?: string;
  /** Default: the function's own. */
  readonly role?: AssumedRole;
  readonly preload: boolean;
  readonly lifetimes: Lifetimes;
  /** Absent: `ttl`. */
  readonly coherence?: Coherence;
}

interface ListedPath {
  readonly group: string;
  /** The path, with a slash at its end. */
  readonly prefix: string;
}

/** Finds the group of a parameter. */
export class ParameterDirectory {
  readonly #groups = new Map<string, string>();
  /** The longest first. */
  readonly #paths: readonly ListedPath[];
  readonly #onDemandGroup: string | undefined;

  /**
   * @param onDemandGroup group of all parameters that are not listed; absent if requests for them are rejected
   * @throws {MalformedValueNameError} if a listed name is malformed
   */
  constructor(groups: readonly ParameterGroup[], onDemandGroup?: string) {
    for (const { group, names } of groups) {
      for (const name of names) this.#groups.set(parameterName(name), group);
    }
    this.#paths = groups
      .flatMap(({ group, path }) =>
        path === undefined ? [] : [{ group, prefix: path.endsWith('/') ? path : `${path}/` }],
      )
      .sort((a, b) => b.prefix.length - a.prefix.length);
    this.#onDemandGroup = onDemandGroup;
  }

  /**
   * Returns the key of a parameter.
   *
   * @throws {MalformedValueNameError} if the name is malformed
   * @throws {ValueNotListedError} if the parameter belongs to no group
   */
  keyOf({ name: text, withDecryption }: ParameterReference): EntryKey {
    const name = parameterName(text);
    const group = this.#groupOf(name);
    if (group === undefined) throw new ValueNotListedError('parameter');
    return parameterKey(group, { name, withDecryption });
  }

  /**
   * Returns the group of the pages of a path: that of the longest listed path that contains it.
   *
   * @throws {MalformedValueNameError} if the path is malformed
   * @throws {ValueNotListedError} if the path belongs to no group
   */
  groupOfPath(text: string): string {
    const path = checkedName(text, 'path');
    const folder = path.endsWith('/') ? path : `${path}/`;
    const listed = this.#paths.find(({ prefix }) => folder.startsWith(prefix));
    const group = listed?.group ?? this.#onDemandGroup;
    if (group === undefined) throw new ValueNotListedError('parameter');
    return group;
  }

  #groupOf(name: string): string | undefined {
    const unselected = unselectedName(name);
    return (
      this.#groups.get(name) ??
      this.#groups.get(unselected) ??
      this.#paths.find((path) => contains(path, unselected))?.group ??
      this.#onDemandGroup
    );
  }
}

/** A name without slashes belongs to the path `/`. An ARN, which contains colons, belongs to none. */
const contains = ({ prefix }: ListedPath, given: string): boolean => {
  const name = /^[^/:]+$/.test(given) ? `/${given}` : given;
  return name.startsWith(prefix);
};

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
