import type { EntryKey } from '../cache/cache-entry.ts';
import { isObject } from '../json/json-object.ts';
import {
  isBoolean,
  isListOf,
  isText,
  isWholeNumber,
  optional,
  parseAwsObject,
  required,
} from '../named-values/aws-answer.ts';
import { arnRegion } from '../named-values/names.ts';
import {
  composedResponse,
  hasOnlyMembers,
  type RegionOfGroup,
  type RequestReading,
  type ValueOperations,
} from '../named-values/value-operations.ts';
import type { ParameterDirectory } from './parameter-directory.ts';
import { parameterName, parameterPageKey, unselectedName } from './parameter-key.ts';
import { MAX_PARAMETERS, parameterBatch } from './parameter-calls.ts';

const WRITES: ReadonlySet<string> = new Set([
  'DeleteParameter',
  'DeleteParameters',
  'LabelParameterVersion',
  'PutParameter',
  'UnlabelParameterVersion',
]);

/** AWS's answer for a parameter that does not exist; for a version, a label or a reference it has a message. */
const NOT_FOUND = composedResponse('{"__type":"ParameterNotFound"}', 400);
const REFERENCE_PREFIX = '/aws/reference/';

/** A longer token would be a long key, in places that count keys and not bytes. AWS's own are shorter. */
const MAX_TOKEN_LENGTH = 2_048;

/** The operations of Parameter Store. */
export const parameterOperations = (
  directory: ParameterDirectory,
  regionOf: RegionOfGroup,
): ValueOperations => {
  /** AWS ignores outer white space, and repeats it in the answer. */
  const keyOf = (name: string, withDecryption: boolean, region: string): EntryKey | undefined => {
    if (parameterName(name) !== name) return undefined;
    const key = directory.keyOf({ name, withDecryption });
    return (arnRegion(name) ?? regionOf(key.group)) === region ? key : undefined;
  };

  const getParameter: RequestReading = (input, region) => {
    if (!hasOnlyMembers(input, ['Name', 'WithDecryption'])) return undefined;
    const name = required(input, 'Name', isText);
    const key = keyOf(name, optional(input, 'WithDecryption', isBoolean) ?? false, region);
    const isPlain = unselectedName(name) === name && !name.startsWith(REFERENCE_PREFIX);
    return (
      key && {
        keys: [key],
        compose: ([body]) => (body === undefined ? (isPlain ? NOT_FOUND : undefined) : { status: 200, body }),
      }
    );
  };

  const getParameters: RequestReading = (input, region) => {
    if (!hasOnlyMembers(input, ['Names', 'WithDecryption'])) return undefined;
    const names = required(input, 'Names', isListOf(isText));
    const withDecryption = optional(input, 'WithDecryption', isBoolean) ?? false;
    const found = new Map(
      names.flatMap((name) => {
        const key = keyOf(name, withDecryption, region);
        return key === undefined ? [] : [[name, key]];
      }),
    );
    const isWhole = names.length <= MAX_PARAMETERS && names.every((name) => found.has(name));
    if (!isWhole || names.length === 0) return undefined;
    return {
      keys: [...found.values()],
      compose: (bodies) => {
        const listed = bodies.map((body) => body && required(parseAwsObject(body), 'Parameter', isObject));
        return composedResponse(
          JSON.stringify({
            InvalidParameters: [...found.keys()].filter((_, index) => listed[index] === undefined).sort(),
            Parameters: listed.filter((parameter) => parameter !== undefined),
          }),
        );
      },
      sort: parameterBatch,
    };
  };

  const getParametersByPath: RequestReading = (input, region) => {
    if (!hasOnlyMembers(input, ['Path', 'Recursive', 'WithDecryption', 'MaxResults', 'NextToken']))
      return undefined;
    const path = required(input, 'Path', isText);
    const group = directory.groupOfPath(path);
    if (regionOf(group) !== region) return undefined;
    const maxResults = optional(input, 'MaxResults', isWholeNumber);
    const nextToken = optional(input, 'NextToken', isText);
    if (nextToken !== null && nextToken.length > MAX_TOKEN_LENGTH) return undefined;
    const key = parameterPageKey(group, {
      Path: path,
      Recursive: optional(input, 'Recursive', isBoolean) ?? false,
      WithDecryption: optional(input, 'WithDecryption', isBoolean) ?? false,
      ...(maxResults === null ? {} : { MaxResults: maxResults }),
      ...(nextToken === null ? {} : { NextToken: nextToken }),
    });
    return {
      keys: [key],
      compose: ([body]) => body && { status: 200, body },
      isContinuation: nextToken !== null,
    };
  };

  return {
    reads: new Map([
      ['GetParameter', getParameter],
      ['GetParameters', getParameters],
      ['GetParametersByPath', getParametersByPath],
    ]),
    isWrite: (operation) => WRITES.has(operation),
  };
};
