import type { EntryKey } from '../cache/cache-entry.ts';
import { isObject } from '../json/json-object.ts';
import { isListOf, isText, optional, parseAwsObject, required } from '../named-values/aws-answer.ts';
import {
  elementsBy,
  type KeyBatch,
  selectBatch,
  type ValueBatch,
  valueBatch,
} from '../named-values/key-batch.ts';
import { arnRegion } from '../named-values/names.ts';
import { listedParameterBodies } from './parameter-bodies.ts';
import { parameterPageInput, parseParameterKey } from './parameter-key.ts';

/** The input of `GetParameter`. */
export const getParameterInput = (key: EntryKey) => {
  const { name, withDecryption } = parseParameterKey(key);
  return { Name: name, WithDecryption: withDecryption };
};

/** The most names that `GetParameters` accepts. */
export const MAX_PARAMETERS = 10;

/** Selects the keys of one `GetParameters` call. They have one region and agree on decryption. A page needs a call of its own. */
export const selectParameters = (keys: readonly EntryKey[]): KeyBatch =>
  selectBatch(keys, MAX_PARAMETERS, (key) => {
    if (parameterPageInput(key) !== undefined) return undefined;
    const { name, withDecryption } = parseParameterKey(key);
    return `${withDecryption} ${arnRegion(name) ?? ''}`;
  });

/**
 * The input of `GetParameters`.
 *
 * @param keys keys that `selectParameters` selected
 */
export const getParametersInput = (keys: readonly EntryKey[]) => {
  const references = keys.map(parseParameterKey);
  return {
    Names: references.map(({ name }) => name),
    WithDecryption: references.some(({ withDecryption }) => withDecryption),
  };
};

/**
 * Reads the response of `GetParameters`. A parameter belongs to the key with its name or, if there is no such key, with its
 * ARN, followed by its version or label. Only keys that the response lists as invalid are absent.
 *
 * @param keys the requested keys
 * @throws {UnreadableValueError} if it is not a response of `GetParameters`
 */
export const parameterBatch = (
  response: Uint8Array,
  keys: readonly EntryKey[],
  contentTypes: readonly string[],
): ValueBatch => {
  const answer = parseAwsObject(response);
  const parameters = required(answer, 'Parameters', isListOf(isObject));
  const invalid = new Set(optional(answer, 'InvalidParameters', isListOf(isText)));
  const foundBy = (member: 'Name' | 'ARN') =>
    elementsBy(
      parameters,
      (parameter) =>
        `${optional(parameter, member, isText) ?? ''}${optional(parameter, 'Selector', isText) ?? ''}`,
    );
  const byName = foundBy('Name');
  const byArn = foundBy('ARN');
  return valueBatch(keys, (key) => {
    const { name } = parseParameterKey(key);
    const parameter = byName.get(name) ?? byArn.get(name);
    if (parameter !== undefined) return listedParameterBodies(parameter, contentTypes);
    return invalid.has(name) ? [] : undefined;
  });
};
