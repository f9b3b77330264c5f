import { AwsError } from './errors.ts';
import { pageOf, pageToken, readPageToken, Timestamp } from './json.ts';
import { chosenVersion, type Secret, type SecretStore, type VersionChoice } from './secret-store.ts';
import { SECRET_ID, secretWrites } from './secret-writes.ts';
import { type Account, JsonService, type Operation, operation } from './service.ts';
import { anything, flag, type Input, integer, list, optional, required, structure, text } from './shapes.ts';

const FILTER = {
  Key: required(
    text({
      oneOf: ['description', 'name', 'tag-key', 'tag-value', 'primary-region', 'owning-service', 'all'],
    }),
  ),
  Values: required(list(text({ min: 1, max: 512 }), 1, 10)),
};
const FILTERS = optional(list(structure(FILTER), 0, 10));
const NEXT_TOKEN = optional(text({ min: 1, max: 4096 }));
type Filter = Input<typeof FILTER>;

/** AWS Secrets Manager. */
export function secretService(account: Account, secrets: SecretStore): JsonService {
  return new JsonService('secretsmanager', 'secretsmanager', {
    ...secretReads(account, secrets),
    ...secretWrites(account, secrets),
  });
}

function secretReads(account: Account, secrets: SecretStore): Readonly<Record<string, Operation>> {
  /** Checks permission before existence, as AWS does: without permission nothing can be told about a secret. */
  const authorize = (action: string, id: string): void => {
    const { arn = id.startsWith('arn:') ? id : secrets.partialArnOf(id), name = id } = secrets.find(id) ?? {};
    account.authorize(`secretsmanager:${action}`, arn, name);
  };

  const read = (id: string, choice: VersionChoice) => {
    authorize('GetSecretValue', id);
    const secret = secrets.getActive(id);
    const { id: versionId, value, stages, createdMs } = chosenVersion(secret, choice);
    if (!account.canDecrypt(secret.keyId))
      throw new AwsError('AccessDeniedException', 'Access to KMS is not allowed', { member: 'Message' });
    return {
      ARN: secret.arn,
      CreatedDate: new Timestamp(createdMs),
      Name: secret.name,
      SecretBinary: value?.binary && Buffer.from(value.binary).toString('base64'),
      SecretString: value?.string,
      VersionId: versionId,
      VersionStages: [...stages],
    };
  };

  /** The same as a batch answers it: a failure concerns one secret only. */
  const readOrError = (id: string) => {
    try {
      return { value: read(id, {}) };
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      return { error: { SecretId: id, ErrorCode: error.type, Message: error.text } };
    }
  };

  const readAll = (ids: readonly string[], NextToken?: string) => {
    const answers = ids.map(readOrError);
    return {
      SecretValues: answers.flatMap(({ value }) => value ?? []),
      Errors: answers.flatMap(({ error }) => error ?? []),
      NextToken,
    };
  };

  return {
    GetSecretValue: operation(
      {
        SecretId: SECRET_ID,
        VersionId: optional(text({ min: 32, max: 64 })),
        VersionStage: optional(text({ min: 1, max: 256 })),
      },
      ({ SecretId, VersionId, VersionStage }) => read(SecretId, { id: VersionId, stage: VersionStage }),
    ),

    BatchGetSecretValue: operation(
      {
        SecretIdList: optional(list(text({ min: 1, max: 2048 }), 1, 20)),
        Filters: FILTERS,
        MaxResults: optional(integer(1, 20)),
        NextToken: NEXT_TOKEN,
      },
      ({ SecretIdList, Filters, MaxResults, NextToken }) => {
        if ((SecretIdList === undefined) === (Filters === undefined))
          throw invalidParameter("Either 'SecretIdList' or 'Filters' must be provided, but not both.");
        if (SecretIdList !== undefined && (MaxResults ?? NextToken) !== undefined)
          throw invalidParameter("'MaxResults' and 'NextToken' can only be used with 'Filters'.");
        account.authorize('secretsmanager:BatchGetSecretValue', '*');
        const ids = [...new Set(SecretIdList)];
        // A denial of this action for one secret fails the call, as a policy of a VPC endpoint does.
        for (const id of ids) authorize('BatchGetSecretValue', id);
        if (Filters === undefined) return readAll(ids);
        account.authorize('secretsmanager:ListSecrets', '*');
        const selected = secrets
          .all()
          .filter((secret) => secret.deletedMs === undefined && passes(secret, Filters));
        const { entries, last } = pageOf(selected, startOf(Filters, NextToken), MaxResults ?? 20);
        return readAll(
          entries.map(({ name }) => name),
          last === undefined ? undefined : pageToken(Filters, last),
        );
      },
    ),

    DescribeSecret: operation({ SecretId: SECRET_ID }, ({ SecretId }) => {
      authorize('DescribeSecret', SecretId);
      const secret = secrets.get(SecretId);
      return { ...description(secret), VersionIdsToStages: versionStages(secret) };
    }),

    ListSecrets: operation(
      {
        Filters: FILTERS,
        MaxResults: optional(integer(1, 100)),
        NextToken: NEXT_TOKEN,
        IncludePlannedDeletion: optional(flag()),
        SortOrder: optional(anything()),
      },
      ({ Filters = [], MaxResults = 100, NextToken, IncludePlannedDeletion = false }) => {
        account.authorize('secretsmanager:ListSecrets', '*');
        const selected = secrets
          .all()
          .filter(({ deletedMs }) => IncludePlannedDeletion || deletedMs === undefined)
          .filter((secret) => passes(secret, Filters));
        const { entries, last } = pageOf(selected, startOf(Filters, NextToken), MaxResults);
        return {
          SecretList: entries.map((secret) => ({
            ...description(secret),
            SecretVersionsToStages: versionStages(secret),
          })),
          NextToken: last === undefined ? undefined : pageToken(Filters, last),
        };
      },
    ),
  };
}

const description = ({ name, arn, tags, ...secret }: Secret) => ({
  ARN: arn,
  CreatedDate: new Timestamp(secret.createdMs),
  DeletedDate: secret.deletedMs === undefined ? undefined : new Timestamp(secret.deletedMs),
  Description: secret.description,
  KmsKeyId: secret.keyId === 'alias/aws/secretsmanager' ? undefined : secret.keyId,
  LastChangedDate: new Timestamp(secret.changedMs),
  Name: name,
  Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
});

const versionStages = ({ versions }: Secret) =>
  Object.fromEntries(
    versions.filter(({ stages }) => stages.size > 0).map(({ id, stages }) => [id, [...stages]]),
  );

/** All filters must pass. Values are prefixes, and a leading `!` negates one. */
const passes = (secret: Secret, filters: readonly Filter[]) =>
  filters.every(({ Key, Values }) =>
    Values.some((value) =>
      value.startsWith('!')
        ? !filtered(secret, Key).some((each) => each.startsWith(value.slice(1)))
        : filtered(secret, Key).some((each) => each.startsWith(value)),
    ),
  );

function filtered({ name, description: text, tags }: Secret, key: string): readonly string[] {
  const of: Readonly<Record<string, readonly string[]>> = {
    name: [name],
    description: text === undefined ? [] : [text],
    'tag-key': Object.keys(tags),
    'tag-value': Object.values(tags),
  };
  return key === 'all' ? Object.values(of).flat() : (of[key] ?? []);
}

/** The name behind which a page begins. */
function startOf(query: unknown, token: string | undefined): string {
  const start = token === undefined ? '' : readPageToken(query, token);
  if (start !== undefined) return start;
  throw new AwsError('InvalidNextTokenException', 'Invalid NextToken.', { member: 'Message' });
}

const invalidParameter = (message: string) =>
  new AwsError('InvalidParameterException', message, { member: 'Message' });
