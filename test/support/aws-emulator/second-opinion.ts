import { expect } from '@jest/globals';
import { PARAMETER_READS, STORED_AT_SECONDS } from './parameter-vectors.ts';
import { SECRET_READS, type StoredSecrets } from './secret-vectors.ts';
import type { AwsAnswer, SignedCaller } from './signed-caller.ts';

const FIRST = '11111111-1111-4111-8111-111111111111';
const CURRENT = '22222222-2222-4222-8222-222222222222';

const PARAMETERS: readonly (readonly [operation: string, input: object])[] = [
  ['PutParameter', { Name: '/a/x', Value: 'v', Type: 'String' }],
  ['LabelParameterVersion', { Name: '/a/x', ParameterVersion: 1, Labels: ['Dev'] }],
  ['PutParameter', { Name: '/a/two', Value: 'old', Type: 'String' }],
  ['LabelParameterVersion', { Name: '/a/two', ParameterVersion: 1, Labels: ['Old'] }],
  ['PutParameter', { Name: '/a/two', Value: 'new', Overwrite: true }],
  ['PutParameter', { Name: '/a/list', Value: 'red,green', Type: 'StringList' }],
  ['PutParameter', { Name: '/a/secure', Value: 'clear', Type: 'SecureString' }],
  ['PutParameter', { Name: 'app', Value: 'root', Type: 'String' }],
];

const SECRETS: readonly (readonly [operation: string, input: object])[] = [
  ['CreateSecret', { Name: 'db', SecretString: 'one', ClientRequestToken: FIRST }],
  ['PutSecretValue', { SecretId: 'db', SecretString: 'two', ClientRequestToken: CURRENT }],
  ['CreateSecret', { Name: 'binary', SecretBinary: 'Af8=' }],
  ['CreateSecret', { Name: 'gone', SecretString: 'x' }],
  ['DeleteSecret', { SecretId: 'gone' }],
  ['CreateSecret', { Name: 'empty' }],
];

/** Whether a service fails where AWS does not, or with another error; or only the members or the message differ. */
type Difference = 'other outcome' | 'other form';

/** Stores the values of the vectors over the wire, reads them, and returns how the answers differ, by the titles of the vectors. */
export const differingVectors = async (
  caller: SignedCaller,
): Promise<Readonly<Record<string, Difference>>> => {
  for (const [operation, input] of PARAMETERS) successful(await caller.ssm(operation, input));
  const arns = new Map<unknown, string>();
  for (const [operation, input] of SECRETS) {
    const { ARN, Name } = Object(successful(await caller.secrets(operation, input)));
    arns.set(Name, ARN);
  }
  const stored: StoredSecrets = { first: FIRST, current: CURRENT, arnOf: (name) => arns.get(name) ?? '' };
  const differing: Record<string, Difference> = {};
  const compare = (title: string, answer: AwsAnswer, status: number, body: object) => {
    if (!isAnswer(answer, status, body)) differing[title] = differenceOf(answer, body);
  };
  for (const [title, operation, input, status, body] of PARAMETER_READS)
    compare(title, await caller.ssm(operation, input), status, body);
  for (const [title, vector] of SECRET_READS) {
    const { input, status, body } = vector(stored);
    compare(title, await caller.secrets('GetSecretValue', input), status, body);
  }
  return differing;
};

const successful = ({ status, json, body }: AwsAnswer): unknown => {
  if (status !== 200) throw new Error(`the values could not be stored: ${status} ${body}`);
  return json;
};

const isAnswer = ({ status, json }: AwsAnswer, wantedStatus: number, wanted: object): boolean => {
  try {
    expect([status, withDateOfVectors(json)]).toEqual([wantedStatus, wanted]);
    return true;
  } catch {
    return false;
  }
};

/** AWS names each error in `__type`, and no value. */
const differenceOf = ({ json }: AwsAnswer, wanted: object): Difference =>
  Object(json).__type === Object(wanted).__type ? 'other form' : 'other outcome';

const DATES: ReadonlySet<string> = new Set(['CreatedDate', 'LastModifiedDate']);

/** Replaces each date, which is a number. */
const withDateOfVectors = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(withDateOfVectors);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [
      name,
      DATES.has(name) && typeof member === 'number' ? STORED_AT_SECONDS : withDateOfVectors(member),
    ]),
  );
};
