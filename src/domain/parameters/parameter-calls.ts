import type { Body, EntryKey } from '../cache/cache-entry.ts';
import { isObject, type JsonObject } from '../json/json-object.ts';
import {
  isListOf,
  isNumber,
  isText,
  isWholeNumber,
  optional,
  parseAwsObject,
  required,
  unreadable,
} from '../named-values/aws-answer.ts';
import { elementsBy, selectBatch, type ValueBatch, valueBatch } from '../named-values/key-batch.ts';
import { arnRegion } from '../named-values/names.ts';
import { goTime, valueBodies } from '../named-values/value-bodies.ts';
import { parameterPageInput, parseParameterKey } from './parameter-key.ts';

/** The input of `GetParameter`. */
export const getParameterInput = (key: EntryKey) => {
  const { name, withDecryption } = parseParameterKey(key);
  return { Name: name, WithDecryption: withDecryption };
};

/** The most names that `GetParameters` accepts. */
export const MAX_PARAMETERS = 10;

/** Selects the keys of one `GetParameters` call. They have one region and agree on decryption. A page needs a call of its own. */
export const selectParameters = (keys: readonly EntryKey[]): readonly EntryKey[] =>
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

const encoder = new TextEncoder();

/**
 * Encodes the response of `GetParameter`, once for each content type.
 *
 * @param response the response body; the body of type `AWS_JSON` is the same array
 * @param requested the name or ARN that the response must be for, with its version or label; absent: any
 * @throws {UnreadableValueError} if it is not a response of `GetParameter`, or one for another parameter
 * @throws {RangeError} if a content type is not supported
 */
export const parameterBodies = (
  response: Uint8Array,
  contentTypes: readonly string[],
  requested?: string,
): readonly Body[] => {
  const parameter = required(parseAwsObject(response), 'Parameter', isObject);
  if (requested !== undefined && !namesOf(parameter).includes(requested)) return unreadable();
  return bodiesOf(parameter, response, contentTypes);
};

/** The names by which a parameter may have been requested. */
const namesOf = (parameter: JsonObject): readonly string[] => {
  const selector = optional(parameter, 'Selector', isText) ?? '';
  const names = [optional(parameter, 'Name', isText), optional(parameter, 'ARN', isText)];
  return names.flatMap((name) => (name === null ? [] : [`${name}${selector}`]));
};

/** Encodes an element of the responses of `GetParameters` and `GetParametersByPath` like the response of `GetParameter`. */
export const listedParameterBodies = (
  parameter: JsonObject,
  contentTypes: readonly string[],
): readonly Body[] =>
  bodiesOf(parameter, encoder.encode(JSON.stringify({ Parameter: parameter })), contentTypes);

const bodiesOf = (
  parameter: JsonObject,
  response: Uint8Array,
  contentTypes: readonly string[],
): readonly Body[] => {
  const fields = fieldsOf(parameter);
  const { Value: text, SourceResult: source } = fields;
  const binary = () => referencedBytes(source ?? '');
  return valueBodies({ response, text, binary, members: { Parameter: fields } }, contentTypes);
};

/** The `Parameter` of a response, in the order of the extension's answer. Absent members are null, except those that the AWS SDK for Go does not hold as pointers. */
const fieldsOf = (parameter: JsonObject) => {
  const modified = optional(parameter, 'LastModifiedDate', isNumber);
  const fields = {
    ARN: optional(parameter, 'ARN', isText),
    DataType: optional(parameter, 'DataType', isText),
    LastModifiedDate: modified === null ? null : goTime(modified),
    Name: required(parameter, 'Name', isText),
    Selector: optional(parameter, 'Selector', isText),
    SourceResult: optional(parameter, 'SourceResult', isText),
    Type: optional(parameter, 'Type', isText) ?? '',
    Value: optional(parameter, 'Value', isText),
    Version: optional(parameter, 'Version', isWholeNumber) ?? 0,
  };
  return fields.Value === null && fields.SourceResult === null ? unreadable() : fields;
};

const isByte = (value: unknown): value is number => isWholeNumber(value) && value >= -128 && value < 256;

/**
 * The bytes of a binary secret that a parameter below `/aws/reference/secretsmanager` refers to. Parameter Store encodes them
 * as a `java.nio.ByteBuffer`, whose bytes have a sign.
 */
const referencedBytes = (sourceResult: string): Uint8Array => {
  const buffer = required(parseAwsObject(sourceResult), 'secretBinary', isObject);
  const bytes = required(buffer, 'hb', isListOf(isByte));
  const offset = optional(buffer, 'offset', isWholeNumber) ?? 0;
  const position = optional(buffer, 'position', isWholeNumber) ?? 0;
  const limit = optional(buffer, 'limit', isWholeNumber) ?? bytes.length;
  const isInside = offset >= 0 && position >= 0 && position <= limit && offset + limit <= bytes.length;
  return isInside ? Uint8Array.from(bytes.slice(offset + position, offset + limit)) : unreadable();
};
