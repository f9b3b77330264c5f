import { randomUUID } from 'node:crypto';
import { AwsError } from './errors.ts';
import { Timestamp } from './json.ts';
import type { Secret, SecretStore, SecretValue } from './secret-store.ts';
import { type Account, type Operation, operation } from './service.ts';
import { anything, blob, flag, integer, list, optional, required, structure, text } from './shapes.ts';

export const SECRET_ID = required(text({ min: 1, max: 2048 }));

const MAX_BYTES = 65_536;
const TOKEN = optional(text({ min: 32, max: 64 }));
const STAGE = text({ min: 1, max: 256 });
const VALUE = {
  SecretString: optional(text({ min: 1, max: MAX_BYTES })),
  SecretBinary: optional(blob(MAX_BYTES)),
};
const DESCRIPTION = {
  Description: optional(text({ max: 2048 })),
  KmsKeyId: optional(text({ max: 2048 })),
};
const TAG = structure({ Key: required(text({ min: 1, max: 128 })), Value: required(text({ max: 256 })) });

export function secretWrites(account: Account, secrets: SecretStore): Readonly<Record<string, Operation>> {
  /** Checks permission before existence. */
  const permitted = (action: string, id: string): Secret => {
    const { arn = id.startsWith('arn:') ? id : secrets.partialArnOf(id), name = id } = secrets.find(id) ?? {};
    account.authorize(`secretsmanager:${action}`, arn, name);
    return action === 'RestoreSecret' ? secrets.get(id) : secrets.getActive(id);
  };

  return {
    CreateSecret: operation(
      {
        Name: required(text({ min: 1, max: 512 })),
        ClientRequestToken: TOKEN,
        ...DESCRIPTION,
        ...VALUE,
        Tags: optional(list(TAG, 0, 50)),
        ForceOverwriteReplicaSecret: optional(flag()),
      },
      ({ Name, ClientRequestToken = randomUUID(), Description, KmsKeyId, Tags = [], ...input }) => {
        account.authorize('secretsmanager:CreateSecret', secrets.partialArnOf(Name), Name);
        if (!/^[\w/+=.@-]+$/.test(Name))
          throw new AwsError(
            'ValidationException',
            'Invalid name. Must be a valid name containing alphanumeric characters, or any of the following: -/_+=.@!',
          );
        const existing = secrets.find(Name);
        if (existing?.deletedMs !== undefined)
          throw refused(
            "You can't create this secret because a secret with this name is already scheduled for deletion.",
          );
        if (existing)
          throw new AwsError(
            'ResourceExistsException',
            `The operation failed because the secret ${Name} already exists.`,
            { member: 'Message' },
          );
        const value = givenValue(input);
        const secret = secrets.create(Name, {
          ...(Description === undefined ? {} : { description: Description }),
          ...(KmsKeyId === undefined ? {} : { keyId: KmsKeyId }),
          tags: Object.fromEntries(Tags.map(({ Key, Value }) => [Key, Value])),
        });
        if (value) secrets.addVersion(secret, ClientRequestToken, value, ['AWSCURRENT']);
        return { ARN: secret.arn, Name, VersionId: value && ClientRequestToken };
      },
    ),

    PutSecretValue: operation(
      {
        SecretId: SECRET_ID,
        ClientRequestToken: TOKEN,
        ...VALUE,
        VersionStages: optional(list(STAGE, 1, 20)),
      },
      ({ SecretId, ClientRequestToken = randomUUID(), VersionStages = ['AWSCURRENT'], ...input }) => {
        const secret = permitted('PutSecretValue', SecretId);
        const value = givenValue(input);
        if (!value) throw invalidParameter('You must provide either SecretString or SecretBinary.');
        const { id, stages } = secrets.addVersion(secret, ClientRequestToken, value, VersionStages);
        return { ...named(secret), VersionId: id, VersionStages: [...stages] };
      },
    ),

    UpdateSecret: operation(
      { SecretId: SECRET_ID, ClientRequestToken: TOKEN, ...DESCRIPTION, ...VALUE },
      ({ SecretId, ClientRequestToken = randomUUID(), Description, KmsKeyId, ...input }) => {
        const secret = permitted('UpdateSecret', SecretId);
        const value = givenValue(input);
        secret.description = Description ?? secret.description;
        secret.keyId = KmsKeyId ?? secret.keyId;
        secret.changedMs = account.now();
        if (value) secrets.addVersion(secret, ClientRequestToken, value, ['AWSCURRENT']);
        return { ...named(secret), VersionId: value && ClientRequestToken };
      },
    ),

    DeleteSecret: operation(
      {
        SecretId: SECRET_ID,
        RecoveryWindowInDays: optional(integer(7, 30)),
        ForceDeleteWithoutRecovery: optional(flag()),
      },
      ({ SecretId, RecoveryWindowInDays, ForceDeleteWithoutRecovery = false }) => {
        if (ForceDeleteWithoutRecovery && RecoveryWindowInDays !== undefined)
          throw invalidParameter(
            "You can't use ForceDeleteWithoutRecovery in conjunction with RecoveryWindowInDays.",
          );
        const secret = permitted('DeleteSecret', SecretId);
        if (ForceDeleteWithoutRecovery) secrets.delete(secret.name);
        else secrets.markForDeletion(secret.name, RecoveryWindowInDays);
        return { ...named(secret), DeletionDate: new Timestamp(secret.deletionMs ?? account.now()) };
      },
    ),

    RestoreSecret: operation({ SecretId: SECRET_ID }, ({ SecretId }) => {
      const secret = permitted('RestoreSecret', SecretId);
      secret.deletedMs = undefined;
      secret.deletionMs = undefined;
      return named(secret);
    }),

    RotateSecret: operation(
      {
        SecretId: SECRET_ID,
        ClientRequestToken: TOKEN,
        RotationLambdaARN: optional(text({ max: 2048 })),
        RotationRules: optional(anything()),
        RotateImmediately: optional(flag()),
      },
      ({ SecretId, ClientRequestToken = randomUUID() }) => {
        const secret = permitted('RotateSecret', SecretId);
        secrets.addVersion(secret, ClientRequestToken, secrets.newValue(secret), ['AWSCURRENT']);
        return { ...named(secret), VersionId: ClientRequestToken };
      },
    ),

    UpdateSecretVersionStage: operation(
      {
        SecretId: SECRET_ID,
        VersionStage: required(STAGE),
        RemoveFromVersionId: TOKEN,
        MoveToVersionId: TOKEN,
      },
      ({ SecretId, VersionStage, RemoveFromVersionId, MoveToVersionId }) => {
        const secret = permitted('UpdateSecretVersionStage', SecretId);
        const holder = secret.versions.find(({ stages }) => stages.has(VersionStage));
        const to = secret.versions.find(({ id }) => id === MoveToVersionId);
        if (MoveToVersionId !== undefined && !to)
          throw new AwsError(
            'ResourceNotFoundException',
            "Secrets Manager can't find the specified secret version.",
            { member: 'Message' },
          );
        if (holder && holder !== to && holder.id !== RemoveFromVersionId)
          throw invalidParameter(
            `The parameter RemoveFromVersionId can't be empty. Staging label ${VersionStage} is currently attached to version ${holder.id}, so you must explicitly reference that version in RemoveFromVersionId.`,
          );
        if (!to && VersionStage === 'AWSCURRENT')
          throw invalidParameter("You can't remove the staging label AWSCURRENT without moving it.");
        secrets.moveStage(secret, VersionStage, to);
        secret.changedMs = account.now();
        return named(secret);
      },
    ),
  };
}

const named = ({ arn, name }: Secret) => ({ ARN: arn, Name: name });

function givenValue({
  SecretString,
  SecretBinary,
}: {
  readonly SecretString: string | undefined;
  readonly SecretBinary: Buffer | undefined;
}): SecretValue | undefined {
  if (SecretString !== undefined && SecretBinary !== undefined)
    throw invalidParameter(
      "You can't specify both a binary secret value and a string secret value in the same secret.",
    );
  if (SecretString !== undefined) return { string: SecretString };
  return SecretBinary && { binary: SecretBinary };
}

const refused = (message: string) => new AwsError('InvalidRequestException', message, { member: 'Message' });
const invalidParameter = (message: string) =>
  new AwsError('InvalidParameterException', message, { member: 'Message' });
