import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { SecretsManagerSource } from '../../../src/adapters/secrets-manager/secrets-manager-source.ts';
import {
  SourceConnectionError,
  SourceRefusedError,
  SourceThrottledError,
  SourceUnavailableError,
} from '../../../src/domain/cache/errors.ts';
import {
  AWS_JSON,
  BINARY_MEDIA_TYPE,
  PARAMETERS_AND_SECRETS,
  VALUE,
} from '../../../src/domain/named-values/value-bodies.ts';
import { SecretDirectory } from '../../../src/domain/secrets/secret-directory.ts';
import { parseSecretKey, type SecretReference } from '../../../src/domain/secrets/secret-key.ts';
import type { BatchAnswer } from '../../../src/ports/outbound/item-source.ts';
import {
  bodyTexts,
  optionsOf,
  type SourceFixture,
  STORED_AT,
  startSourceFixture,
} from '../../support/aws-emulator/source-fixture.ts';
import { answering, ScriptedServer } from '../../support/http/scripted-server.ts';

const directory = new SecretDirectory([{ group: 'far', ids: ['far'] }], 'others');
const keyOf = (id: string, more: Partial<SecretReference> = {}) => directory.keyOf({ id, ...more });
const WANTED = optionsOf(VALUE);

let fixture: SourceFixture;
let source: SecretsManagerSource;

beforeEach(async () => {
  fixture = await startSourceFixture({ regions: new Map([['far', 'us-east-1']]) });
  source = new SecretsManagerSource(fixture.parts);
});
afterEach(() => fixture.aws.close());

const read = async (id: string, more?: Partial<SecretReference>) => {
  const [text, ...others] = bodyTexts(await source.read(keyOf(id, more), WANTED));
  expect(others).toEqual([]);
  return text;
};
const operations = () => fixture.aws.calls.all.map(({ operation }) => operation);

describe('a read of one secret', () => {
  it('returns the value, the response of AWS as it is, and the answer of the extension', async () => {
    const VersionId = fixture.aws.secrets.put('prod/db', { string: '{"user":"a&b"}' });
    const ARN = fixture.aws.secrets.arnOf('prod/db');
    const answer = await source.read(keyOf('prod/db'), optionsOf(VALUE, AWS_JSON, PARAMETERS_AND_SECRETS));
    const [value, response = '', extension] = bodyTexts(answer);

    expect(value).toBe('{"user":"a&b"}');
    expect(JSON.parse(response)).toEqual({
      ARN,
      CreatedDate: STORED_AT,
      Name: 'prod/db',
      SecretString: '{"user":"a&b"}',
      VersionId,
      VersionStages: ['AWSCURRENT'],
    });
    expect(response).toContain('1.668586960362E9');
    expect(extension).toBe(
      String.raw`{"ARN":"${ARN}","CreatedDate":"2022-11-16T08:22:40.362Z","Name":"prod/db","SecretBinary":null,"SecretString":"{\"user\":\"a\u0026b\"}","VersionId":"${VersionId}","VersionStages":["AWSCURRENT"],"ResultMetadata":{}}`,
    );
  });

  it('returns the bytes of a binary secret', async () => {
    fixture.aws.secrets.put('bytes', { binary: Uint8Array.of(0, 128, 255) });

    expect((await source.read(keyOf('bytes'), WANTED)).bodies).toEqual([
      { contentType: VALUE, mediaType: BINARY_MEDIA_TYPE, bytes: Uint8Array.of(0, 128, 255) },
    ]);
  });

  it('reads stages, versions, ARNs, and ARNs without the characters at their end', async () => {
    const { secrets } = fixture.aws;
    const versionId = secrets.put('db', { string: 'old' });
    secrets.rotate('db', { string: 'new' });
    const arn = secrets.arnOf('db');

    expect(await read('db')).toBe('new');
    expect(await read('db', { stage: 'AWSPREVIOUS' })).toBe('old');
    expect(await read('db', { versionId })).toBe('old');
    expect(await read('db', { versionId, stage: 'AWSPREVIOUS' })).toBe('old');
    expect(await read(arn)).toBe('new');
    expect(await read(arn.slice(0, -7))).toBe('new');
  });

  it.each([
    ['no', {}],
    ['db', { stage: 'NOPE' }],
    // An empty version, as a failed rotation leaves it.
    ['db', { stage: 'AWSPENDING' }],
    ['db', { versionId: '00000000-0000-0000-0000-000000000000' }],
  ])('answers without bodies for %s with %j', async (id, more) => {
    fixture.aws.secrets.put('db', { string: 'v' });
    fixture.aws.secrets.putPending('db');

    expect(await source.read(keyOf(id, more), WANTED)).toEqual({
      key: keyOf(id, more),
      askedAt: fixture.clock.now(),
      bodies: [],
    });
  });

  it.each([
    ['far', 'us-east-1'],
    ['arn:aws-cn:secretsmanager:cn-north-1:123456789012:secret:db-AbCdEf', 'cn-north-1'],
    ['db', 'eu-west-1'],
  ])('asks for %s in %s, where only a signature for that region is valid', async (id, region) => {
    const elsewhere = await startSourceFixture({ region });
    const asked: string[] = [];
    const endpointFor = (_operation: string, given: string) => {
      asked.push(given);
      return new URL(elsewhere.aws.url);
    };
    source = new SecretsManagerSource({ ...fixture.parts, endpoints: { endpointFor } });
    await source.read(keyOf(id), WANTED);
    await elsewhere.aws.close();

    expect(asked).toEqual([region]);
  });
});

describe('a read of one secret that fails', () => {
  beforeEach(() => void fixture.aws.secrets.put('db', { string: 'hidden' }));
  const failure = (more?: Partial<SecretReference>) =>
    source.read(keyOf('db', more), WANTED).catch((error: unknown) => error);
  const refused = (explanation: string) =>
    new SourceRefusedError(`Secrets Manager refused GetSecretValue of a secret: ${explanation}`);

  it('is a refusal that names the missing permission', async () => {
    fixture.aws.faults.deny('secretsmanager:GetSecretValue');

    expect(await failure()).toEqual(
      refused(
        "access denied, the function's role needs secretsmanager:GetSecretValue on the secret, and kms:Decrypt if a customer managed key encrypts it",
      ),
    );
  });

  it('is a refusal if the secret is marked for deletion', async () => {
    fixture.aws.secrets.markForDeletion('db');

    expect(await failure()).toEqual(
      refused('the secret is marked for deletion, or has no such stage in this version'),
    );
  });

  it('is a refusal if the stage is not of the version', async () => {
    const versionId = fixture.aws.secrets.rotate('db', { string: 'new' });

    expect(await failure({ versionId, stage: 'AWSPREVIOUS' })).toBeInstanceOf(SourceRefusedError);
  });

  it('is a refusal if the version is malformed', async () => {
    expect(await failure({ versionId: 'short' })).toBeInstanceOf(SourceRefusedError);
  });

  it('is throttled', async () => {
    fixture.aws.faults.throttle('secretsmanager:*');

    expect(await failure()).toBeInstanceOf(SourceThrottledError);
  });

  it.each([
    { type: 'InternalServiceError', status: 500 },
    { type: 'InternalServiceError', status: 400 },
    { status: 502, message: 'hidden' },
  ])('is a passing failure for %j', async (given) => {
    fixture.aws.faults.failNext(1, given);

    expect(await failure()).toBeInstanceOf(SourceUnavailableError);
  });

  it('is a lost connection if it is cut', async () => {
    fixture.aws.faults.cutNext(1);

    expect(await failure()).toBeInstanceOf(SourceConnectionError);
  });

  it('is a passing failure that quotes nothing if the body is unreadable', async () => {
    const body = '{"ARN":"arn","Name":"db","SecretBinary":"hidden!"}';
    const server = await ScriptedServer.start(answering(200, body, { 'content-type': AWS_JSON }));
    source = new SecretsManagerSource({
      ...fixture.parts,
      endpoints: { endpointFor: () => new URL(server.url) },
    });
    const error = await failure();
    await server.close();

    expect(error).toBeInstanceOf(SourceUnavailableError);
    expect(`${String(error)} ${String(error instanceof Error && error.cause)}`).not.toContain('hidden');
  });
});

describe('a read of several secrets', () => {
  const keys = (count: number) => Array.from({ length: count }, (_, index) => keyOf(`s${index}`));
  const putAll = (count: number) => {
    for (let index = 0; index < count; index += 1)
      fixture.aws.secrets.put(`s${index}`, { string: `${index}` });
  };
  const byId = ({ answers }: BatchAnswer) =>
    Object.fromEntries(
      answers.map((answer) => [parseSecretKey(answer.key).id, bodyTexts(answer)[0] ?? null]),
    );

  it('makes one call for twenty, and tells absent ones from those that exist', async () => {
    putAll(19);
    const answer = await source.readMany(keys(20), WANTED);

    expect(operations()).toEqual(['BatchGetSecretValue']);
    expect(answer.answers).toHaveLength(20);
    expect(byId(answer)).toMatchObject({ s0: '0', s18: '18', s19: null });
  });

  it('omits versions, other regions, and what does not fit into its one call', async () => {
    putAll(21);
    const previous = keyOf('s0', { stage: 'AWSPREVIOUS' });
    const other = keyOf('arn:aws:secretsmanager:us-west-2:123456789012:secret:db-AbCdEf');
    const { answers, unprocessed } = await source.readMany([previous, ...keys(21), other], WANTED);

    expect(answers.map(({ key }) => key)).toEqual(keys(20));
    expect(unprocessed).toEqual([]);
    expect(operations()).toEqual(['BatchGetSecretValue']);
  });

  it('reads the first of those that can only be read alone', async () => {
    putAll(1);
    fixture.aws.secrets.rotate('s0', { string: 'new' });
    const stages = ['AWSPREVIOUS', 'NOPE'].map((stage) => keyOf('s0', { stage }));
    const { answers } = await source.readMany(stages, WANTED);

    expect(operations()).toEqual(['GetSecretValue']);
    expect(answers.map(bodyTexts)).toEqual([['0']]);
  });

  it('omits those that fail within the answer', async () => {
    putAll(4);
    fixture.aws.secrets.markForDeletion('s1');
    fixture.aws.faults.deny('secretsmanager:GetSecretValue', 's2');
    const answer = await source.readMany(keys(4), WANTED);

    expect(byId(answer)).toEqual({ s0: '0', s3: '3' });
    expect(answer.unprocessed).toEqual([]);
    expect(operations()).toEqual(['BatchGetSecretValue']);
    expect(source.batchLimit).toBe(20);
  });

  it('makes one call for one key once the role may not read several, and says so once', async () => {
    putAll(3);
    fixture.aws.faults.deny('secretsmanager:BatchGetSecretValue');

    expect(byId(await source.readMany(keys(4), WANTED))).toEqual({});
    expect(byId(await source.readMany(keys(2), WANTED))).toEqual({ s0: '0' });
    expect(source.batchLimit).toBe(1);
    expect(operations()).toEqual(['BatchGetSecretValue', 'GetSecretValue']);
    expect(fixture.logger.at('warn').map(({ message }) => message)).toEqual([
      "Secrets Manager refused BatchGetSecretValue of a secret: access denied, the function's role needs secretsmanager:BatchGetSecretValue on the secret, and kms:Decrypt if a customer managed key encrypts it; from now on, each secret is read by itself",
    ]);
  });

  it('omits all keys if one of them makes AWS refuse the call, as the policy of a VPC endpoint does', async () => {
    putAll(3);
    fixture.aws.faults.deny('secretsmanager:*', 's1');

    expect(byId(await source.readMany(keys(3), WANTED))).toEqual({});
    expect(operations()).toEqual(['BatchGetSecretValue']);
  });
});
