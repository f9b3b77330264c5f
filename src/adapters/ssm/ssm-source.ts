import type { EntryKey } from '../../domain/cache/cache-entry.ts';
import { isObject, type JsonObject } from '../../domain/json/json-object.ts';
import {
  isListOf,
  isText,
  optional,
  parseAwsObject,
  required,
  unreadable,
} from '../../domain/named-values/aws-answer.ts';
import { AWS_JSON } from '../../domain/named-values/value-bodies.ts';
import {
  getParameterInput,
  getParametersInput,
  listedParameterBodies,
  MAX_PARAMETERS,
  parameterBatch,
  parameterBodies,
  selectParameters,
} from '../../domain/parameters/parameter-calls.ts';
import type { ParameterDirectory } from '../../domain/parameters/parameter-directory.ts';
import { parameterPageInput, parseParameterKey } from '../../domain/parameters/parameter-key.ts';
import type { GroupCursor, GroupPage, ReadOptions, SourceAnswer } from '../../ports/outbound/item-source.ts';
import type { JsonCall } from '../aws/json-service.ts';
import { type ValueProtocol, ValueSource, type ValueSourceParts } from '../aws/value-source.ts';

/** The longest answer, in bytes: ten advanced parameters have 80 KiB. */
const MAX_ANSWER_BYTES = 1_048_576;

/** Parameter Store, as a service of AWS. */
export const PARAMETER_STORE: ValueProtocol = {
  label: { name: 'Parameter Store', endpointSetting: 'CACHE_EXTENSION_SSM_ENDPOINT' },
  protocol: {
    service: 'ssm',
    targetPrefix: 'AmazonSSM.',
    contentType: AWS_JSON,
    maxAnswerBytes: MAX_ANSWER_BYTES,
  },
  noun: 'parameter',
  permissionPrefix: 'ssm',
  hints: new Map([
    ['InvalidKeyId', 'the key that encrypts the parameter cannot be used, check kms:Decrypt'],
    ['ValidationException', 'the name is not one of a parameter'],
  ]),
  absences: new Set(['ParameterNotFound', 'ParameterVersionNotFound']),
  one: {
    operation: 'GetParameter',
    input: getParameterInput,
    read: (response, key, contentTypes) =>
      parameterBodies(response, contentTypes, parseParameterKey(key).name),
  },
  many: { operation: 'GetParameters', input: getParametersInput, read: parameterBatch },
  select: selectParameters,
  batchLimit: MAX_PARAMETERS,
  nameOf: (key) => parseParameterKey(key).name,
};

/** Reads parameters of Systems Manager Parameter Store: one by one, in tens, and all below a path. */
export class SsmSource extends ValueSource {
  readonly #directory: ParameterDirectory;
  readonly #paths: ReadonlyMap<string, string>;
  readonly #parts: ValueSourceParts;

  /** @param paths the path of each group that has one */
  constructor(directory: ParameterDirectory, paths: ReadonlyMap<string, string>, parts: ValueSourceParts) {
    super(PARAMETER_STORE, parts);
    this.#directory = directory;
    this.#paths = paths;
    this.#parts = parts;
  }

  override async read(key: EntryKey, options: ReadOptions): Promise<SourceAnswer> {
    const page = parameterPageInput(key);
    if (page === undefined) return super.read(key, options);
    const askedAt = this.#parts.clock.now();
    const input = parseAwsObject(page);
    const call = { ...this.#callerOf(key.group), operation: 'GetParametersByPath', input };
    return this.ask(call, options.signal, (response) => {
      parametersBelow(required(input, 'Path', isText), parseAwsObject(response));
      return { key, askedAt, bodies: [{ contentType: AWS_JSON, bytes: response }] };
    });
  }

  /** The pages of a path follow each other, so that only the first part has any. */
  async readGroup(
    group: string,
    { part, parts, position }: GroupCursor,
    { contentTypes, signal }: ReadOptions,
  ): Promise<GroupPage> {
    const path = this.#paths.get(group);
    if (part > 0 || path === undefined) return { answers: [] };
    const askedAt = this.#parts.clock.now();
    const input = {
      Path: path,
      Recursive: true,
      WithDecryption: true,
      MaxResults: MAX_PARAMETERS,
      ...(position === undefined ? {} : { NextToken: position }),
    };
    const call = { ...this.#callerOf(group), operation: 'GetParametersByPath', input };
    return this.ask(call, signal, (response) => {
      const answer = parseAwsObject(response);
      const answers = parametersBelow(path, answer).flatMap((parameter): readonly SourceAnswer[] => {
        const name = required(parameter, 'Name', isText);
        const key = this.#directory.keyOf({ name, withDecryption: true });
        // Another entry of the configuration may list this name.
        return key.group === group
          ? [{ key, askedAt, bodies: listedParameterBodies(parameter, contentTypes) }]
          : [];
      });
      const next = optional(answer, 'NextToken', isText);
      return next === null || next === '' ? { answers } : { answers, next: { part, parts, position: next } };
    });
  }

  #callerOf(group: string): Pick<JsonCall, 'region' | 'role'> {
    return { region: this.#parts.regions.get(group), role: this.#parts.roles?.get(group) };
  }
}

/** The parameters in a page of a path. @throws {UnreadableValueError} if one is not below the path */
const parametersBelow = (path: string, page: JsonObject): readonly JsonObject[] => {
  const parameters = required(page, 'Parameters', isListOf(isObject));
  const folder = path.endsWith('/') ? path : `${path}/`;
  // A name without slashes belongs to the path `/`.
  const isBelow = (name: string) => name.startsWith(folder) || (folder === '/' && !name.includes('/'));
  return parameters.every((each) => isBelow(required(each, 'Name', isText))) ? parameters : unreadable();
};
