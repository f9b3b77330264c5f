import { expect } from '@jest/globals';
import { STORED_AT_SECONDS } from './parameter-vectors.ts';

/** What the vectors must know of the secrets that are stored. */
export interface StoredSecrets {
  /** The versions of `db`, old and new. */
  readonly first: string;
  readonly current: string;
  readonly arnOf: (name: string) => string;
}

/** The input of `GetSecretValue`, and the status and body of the answer. */
interface SecretVector {
  readonly input: object;
  readonly status: 200 | 400;
  readonly body: object;
}

export const UNKNOWN_VERSION = '00000000-0000-4000-8000-000000000000';

/** The answer for the current version of `db`. */
export const answeredSecret = ({ arnOf, current }: StoredSecrets, rest: object = {}) => ({
  ARN: arnOf('db'),
  CreatedDate: STORED_AT_SECONDS,
  Name: 'db',
  SecretString: 'two',
  VersionId: current,
  VersionStages: ['AWSCURRENT'],
  ...rest,
});

const previousOf = (stored: StoredSecrets) =>
  answeredSecret(stored, { SecretString: 'one', VersionId: stored.first, VersionStages: ['AWSPREVIOUS'] });

const failure = (type: string, message: string) => ({ __type: type, Message: message });

export const secretNotFound = (rest: string) =>
  failure('ResourceNotFoundException', `Secrets Manager can't find the specified secret${rest}`);

const found = (input: object, body: object): SecretVector => ({ input, status: 200, body });
const failed = (input: object, body: object): SecretVector => ({ input, status: 400, body });

/** E10 and E11 of the vectors. */
export const SECRET_READS: readonly (readonly [
  title: string,
  of: (stored: StoredSecrets) => SecretVector,
])[] = [
  ['E10 by name', (stored) => found({ SecretId: 'db' }, answeredSecret(stored))],
  ['E10 by ARN', (stored) => found({ SecretId: stored.arnOf('db') }, answeredSecret(stored))],
  [
    'E10 by partial ARN',
    (stored) => found({ SecretId: stored.arnOf('db').slice(0, -7) }, answeredSecret(stored)),
  ],
  ['E10 by stage', (stored) => found({ SecretId: 'db', VersionStage: 'AWSPREVIOUS' }, previousOf(stored))],
  ['E10 by version', (stored) => found({ SecretId: 'db', VersionId: stored.first }, previousOf(stored))],
  [
    'E10 by version and its stage',
    (stored) =>
      found({ SecretId: 'db', VersionId: stored.first, VersionStage: 'AWSPREVIOUS' }, previousOf(stored)),
  ],
  [
    'E10 by version and the stage of another one',
    ({ first }) =>
      failed(
        { SecretId: 'db', VersionId: first, VersionStage: 'AWSCURRENT' },
        failure(
          'InvalidRequestException',
          'You provided a VersionStage that is not associated to the provided VersionId.',
        ),
      ),
  ],
  [
    'E10 an unknown version',
    () =>
      failed(
        { SecretId: 'db', VersionId: UNKNOWN_VERSION },
        secretNotFound(` value for VersionId: ${UNKNOWN_VERSION}`),
      ),
  ],
  [
    'E10 an unknown stage',
    () => failed({ SecretId: 'db', VersionStage: 'NOPE' }, secretNotFound(' value for staging label: NOPE')),
  ],
  [
    'E10 bytes in base64',
    ({ arnOf }) =>
      found(
        { SecretId: 'binary' },
        {
          ARN: arnOf('binary'),
          CreatedDate: STORED_AT_SECONDS,
          Name: 'binary',
          SecretBinary: 'Af8=',
          VersionId: expect.any(String),
          VersionStages: ['AWSCURRENT'],
        },
      ),
  ],
  ['E11 an unknown name', () => failed({ SecretId: 'no' }, secretNotFound('.'))],
  [
    'E11 a secret without a version',
    () => failed({ SecretId: 'empty' }, secretNotFound(' value for staging label: AWSCURRENT')),
  ],
  [
    'E11 a secret marked for deletion',
    () =>
      failed(
        { SecretId: 'gone' },
        failure(
          'InvalidRequestException',
          "You can't perform this operation on the secret because it was marked for deletion.",
        ),
      ),
  ],
];
