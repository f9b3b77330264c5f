import { AwsError, validationError } from './errors.ts';
import { pageOf, pageToken, readPageToken, Timestamp } from './json.ts';
import {
  ciphertextOf,
  keyOf,
  type Parameter,
  type ParameterReference,
  type ParameterStore,
  type ParameterVersion,
  versionOf,
} from './parameter-store.ts';
import { NAME, parameterWrites } from './parameter-writes.ts';
import { readReference, secretOf } from './secret-reference.ts';
import type { SecretStore } from './secret-store.ts';
import { type Account, JsonService, type Operation, operation } from './service.ts';
import { flag, type Input, integer, list, optional, required, structure, text } from './shapes.ts';

const NEXT_TOKEN = optional(text());
const FILTER = {
  Key: required(text({ min: 1, max: 132 })),
  Option: optional(text({ min: 1, max: 10 })),
  Values: optional(list(text({ min: 1, max: 1024 }), 1, 50)),
};
const FILTERS = optional(list(structure(FILTER), 0, 50));
type Filter = Input<typeof FILTER>;

/** What is wrong with one name of a batch only. */
const BATCH_ERRORS = ['ParameterNotFound', 'ParameterVersionNotFound'];

/** AWS Systems Manager, as far as Parameter Store is read and written. */
export function parameterService(
  account: Account,
  parameters: ParameterStore,
  secrets: SecretStore,
): JsonService {
  return new JsonService('ssm', 'AmazonSSM', {
    ...parameterReads(account, parameters, secrets),
    ...parameterWrites(parameters),
  });
}

function parameterReads(
  account: Account,
  parameters: ParameterStore,
  secrets: SecretStore,
): Readonly<Record<string, Operation>> {
  const shownValue = (parameter: Parameter, version: ParameterVersion, decrypted: boolean): string => {
    if (version.keyId === undefined) return version.value;
    if (!decrypted) return ciphertextOf(parameter, version);
    if (account.canDecrypt(version.keyId)) return version.value;
    throw new AwsError(
      'AccessDeniedException',
      'The ciphertext refers to a customer master key that does not exist, does not exist in this region, or you are not allowed to access.',
      { member: 'Message' },
    );
  };

  const answerOf = (
    parameter: Parameter,
    version: ParameterVersion,
    decrypted: boolean,
    { name, selector }: Pick<ParameterReference, 'name' | 'selector'>,
  ) => ({
    ARN: parameter.arn,
    DataType: version.dataType,
    LastModifiedDate: new Timestamp(version.modifiedMs),
    Name: name ?? parameter.name,
    Selector: selector,
    Type: version.type,
    Value: shownValue(parameter, version, decrypted),
    Version: version.version,
  });

  const read = (action: string, spelled: string, decrypted: boolean) => {
    if (secretOf(spelled) !== undefined) {
      account.authorize(`ssm:${action}`, parameters.arnOf(spelled.trim()), spelled.trim());
      return readReference(spelled, decrypted, account, secrets);
    }
    const reference = parameters.refer(spelled);
    parameters.authorize(action, reference);
    const parameter = parameters.get(reference.key);
    const version = versionOf(parameter, reference.selector, reference.name ?? parameter.name);
    return answerOf(parameter, version, decrypted, reference);
  };

  const readOrUndefined = (spelled: string, decrypted: boolean) => {
    // Without decryption, a batch answers a reference to a secret as invalid; GetParameter has an error for it.
    if (!decrypted && secretOf(spelled) !== undefined) return undefined;
    try {
      return read('GetParameters', spelled, decrypted);
    } catch (error) {
      if (error instanceof AwsError && BATCH_ERRORS.includes(error.type)) return undefined;
      throw error;
    }
  };

  /** The version that a tree read answers: the newest, or the one with the label that a filter names. */
  const selectedVersion = (
    parameter: Parameter,
    filters: readonly Filter[],
  ): ParameterVersion | undefined => {
    const label = filters.find(({ Key }) => Key === 'Label')?.Values?.[0];
    const version = parameter.versions.findLast(({ labels }) => label === undefined || labels.has(label));
    const others = filters.filter(({ Key }) => Key !== 'Label');
    return version && others.every((filter) => passes(filter, parameter, version)) ? version : undefined;
  };

  return {
    GetParameter: operation({ Name: required(NAME), WithDecryption: optional(flag()) }, (input) => ({
      Parameter: read('GetParameter', input.Name, input.WithDecryption === true),
    })),

    GetParameters: operation(
      { Names: required(list(NAME, 1, 10)), WithDecryption: optional(flag()) },
      ({ Names, WithDecryption = false }) => {
        const names = [...new Set(Names.map((name) => name.trim()))];
        const answers = names.map((name) => ({ name, answer: readOrUndefined(name, WithDecryption) }));
        const found = answers.flatMap(({ answer }) => answer ?? []);
        return {
          InvalidParameters: answers
            .filter(({ answer }) => !answer)
            .map(({ name }) => name)
            .sort(),
          // AWS does not keep the order of the request: names with a selector were recorded before those without.
          Parameters: [
            ...found.filter(({ Selector }) => Selector !== undefined),
            ...found.filter(({ Selector }) => Selector === undefined),
          ],
        };
      },
    ),

    GetParametersByPath: operation(
      {
        Path: required(NAME),
        Recursive: optional(flag()),
        ParameterFilters: FILTERS,
        WithDecryption: optional(flag()),
        MaxResults: optional(integer(1, 10)),
        NextToken: NEXT_TOKEN,
      },
      ({ Path, Recursive = false, ParameterFilters: filters = [], WithDecryption = false, ...paging }) => {
        if (!/^\/[\w./-]*$/.test(Path))
          throw validationError(
            'The parameter path must begin with a slash and contain no other symbols than .-_/',
          );
        checkFilters(filters, ['Type', 'KeyId', 'Label']);
        account.authorize('ssm:GetParametersByPath', parameters.arnOf(Path.replace(/\/$/, '')), Path);
        const query = [Path, Recursive, filters];
        const after = startOf(query, paging.NextToken);
        if (account.faults.takeEmptyPage()) return { Parameters: [], NextToken: pageToken(query, after) };
        const prefix = keyOf(Path.endsWith('/') ? Path : `${Path}/`);
        const selected = parameters.all().flatMap((parameter) => {
          const key = keyOf(parameter.name);
          const isBelow = key.startsWith(prefix) && (Recursive || !key.slice(prefix.length).includes('/'));
          const version = isBelow ? selectedVersion(parameter, filters) : undefined;
          return version ? [{ name: parameter.name, parameter, version }] : [];
        });
        const { entries, last } = pageOf(selected, after, paging.MaxResults ?? 10);
        return {
          Parameters: entries.map(({ name, parameter, version }) =>
            answerOf(parameter, version, WithDecryption, { name, selector: undefined }),
          ),
          NextToken: last === undefined ? undefined : pageToken(query, last),
        };
      },
    ),

    DescribeParameters: operation(
      { ParameterFilters: FILTERS, MaxResults: optional(integer(1, 50)), NextToken: NEXT_TOKEN },
      ({ ParameterFilters: filters = [], MaxResults = 50, NextToken }) => {
        checkFilters(filters, ['Name', 'Type', 'KeyId']);
        account.authorize('ssm:DescribeParameters', account.arn('ssm', '*'));
        const all = parameters.all().flatMap((parameter) => {
          const version = selectedVersion(parameter, filters);
          return version ? [{ name: parameter.name, arn: parameter.arn, version }] : [];
        });
        const { entries, last } = pageOf(all, startOf(filters, NextToken), MaxResults);
        return {
          Parameters: entries.map(({ name, arn, version }) => ({
            ARN: arn,
            DataType: version.dataType,
            KeyId: version.keyId,
            LastModifiedDate: new Timestamp(version.modifiedMs),
            Name: name,
            Policies: [],
            Tier: 'Standard',
            Type: version.type,
            Version: version.version,
          })),
          NextToken: last === undefined ? undefined : pageToken(filters, last),
        };
      },
    ),
  };
}

/** The name behind which a page begins. */
function startOf(query: unknown, token: string | undefined): string {
  const start = token === undefined ? '' : readPageToken(query, token);
  if (start !== undefined) return start;
  throw new AwsError('InvalidNextToken', 'The specified token is not valid.', { member: 'Message' });
}

function checkFilters(filters: readonly Filter[], keys: readonly string[]): void {
  for (const { Key, Option = 'Equals', Values = [] } of filters) {
    if (!keys.includes(Key)) throw new AwsError('InvalidFilterKey');
    if (Option !== 'Equals' && Option !== 'BeginsWith')
      throw new AwsError('InvalidFilterOption', `The following filter option is not valid: ${Option}.`);
    if (Values.length === 0 || (Key === 'Label' && Values.length > 1))
      throw new AwsError(
        'InvalidFilterValue',
        Key === 'Label'
          ? 'The following filter Label can have only one value'
          : 'The filter values must not be empty',
        { member: 'Message' },
      );
  }
}

function passes(
  { Key, Option, Values = [] }: Filter,
  { name }: Parameter,
  { type, keyId }: ParameterVersion,
): boolean {
  const actual = { Name: name, Type: type, KeyId: keyId }[Key] ?? '';
  return Values.some((value) => (Option === 'BeginsWith' ? actual.startsWith(value) : actual === value));
}
