import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { AppConfigItemSource } from '../../../../src/adapters/appconfig/appconfig-item-source.ts';
import { AwsForwarder } from '../../../../src/adapters/aws/aws-forwarder.ts';
import { LazyAwsClient } from '../../../../src/adapters/aws/lazy-aws-client.ts';
import { DynamoDbItemSource } from '../../../../src/adapters/dynamodb/dynamodb-item-source.ts';
import { DynamoDbUpstream } from '../../../../src/adapters/dynamodb/dynamodb-upstream.ts';
import { SecretsManagerSource } from '../../../../src/adapters/secrets-manager/secrets-manager-source.ts';
import { SsmSource } from '../../../../src/adapters/ssm/ssm-source.ts';
import { ConfigurationDirectory } from '../../../../src/domain/appconfig/configuration-directory.ts';
import { AS_STORED } from '../../../../src/domain/appconfig/configuration-name.ts';
import { SourceRefusedError, SourceUnavailableError } from '../../../../src/domain/cache/errors.ts';
import { PLAIN } from '../../../../src/domain/dynamodb/json/dynamodb-json.ts';
import { KeyCodec } from '../../../../src/domain/dynamodb/model/key-codec.ts';
import { VALUE } from '../../../../src/domain/named-values/value-bodies.ts';
import { ParameterDirectory } from '../../../../src/domain/parameters/parameter-directory.ts';
import { SecretDirectory } from '../../../../src/domain/secrets/secret-directory.ts';
import { NotForwardedError } from '../../../../src/ports/inbound/wire-operations.ts';
import { AccountProxy } from '../../../support/aws-emulator/account-proxy.ts';
import { AWS_CREDENTIALS } from '../../../support/aws-emulator/fixture.ts';
import {
  ROLE,
  ROLE_ACCOUNT,
  type RoleFixture,
  startRoleFixture,
} from '../../../support/aws-emulator/role-fixture.ts';
import { bodyTexts, optionsOf } from '../../../support/aws-emulator/source-fixture.ts';
import { startDynalite } from '../../../support/dynamodb/dynalite.ts';
import { tableSpec } from '../../../support/dynamodb/table-spec.ts';
import { RecordingLogger } from '../../../support/fakes/recording-logger.ts';

const MINUTE_MS = 60_000;
const WANTED = optionsOf(VALUE);
const NAMES = Array.from({ length: 12 }, (_, index) => `/app/${index}`);

const parameters = new ParameterDirectory([{ group: 'theirs', names: [...NAMES] }], 'ours');
const secrets = new SecretDirectory([{ group: 'theirs', ids: ['db', 'api'] }], 'ours');
const FLAGS = { application: 'Shop', environment: 'Prod', profile: 'flags' };
const keyOf = (name: string) => parameters.keyOf({ name, withDecryption: true });

let fixture: RoleFixture;
let logger: RecordingLogger;
let source: SsmSource;

beforeEach(async () => {
  fixture = await startRoleFixture();
  logger = new RecordingLogger();
  source = new SsmSource(parameters, new Map(), valueParts());
  for (const [account, value] of [
    [fixture.aws, 'ours'],
    [fixture.aws.account(ROLE_ACCOUNT), 'theirs'],
  ] as const) {
    for (const name of [...NAMES, '/own']) account.parameters.put(name, { value });
    account.secrets.put('db', { string: value });
    account.secrets.put('api', { string: value });
    account.secrets.put('own', { string: value });
    account.configurations.put(FLAGS, { bytes: value, contentType: 'text/plain' });
  }
});
afterEach(() => fixture.aws.close());

const roles = new Map([['theirs', ROLE]]);
const valueParts = () => {
  const { credentialCache, endpoints, clock, roleCredentials } = fixture;
  const shared = { credentialCache, endpoints, clock, roleCredentials, logger };
  return { ...shared, region: 'eu-west-1', regions: new Map<string, string>(), roles };
};
const read = async (name: string) => bodyTexts(await source.read(keyOf(name), optionsOf(VALUE)))[0];
const readAll = async (names: readonly string[]) => {
  const { answers } = await source.readMany(names.map(keyOf), WANTED);
  return answers.flatMap(bodyTexts);
};

describe('a group with a role', () => {
  it('is read with the credentials of the role, and other groups with those of the function', async () => {
    expect(await read('/app/1')).toBe('theirs');
    expect(await read('/own')).toBe('ours');
    expect(await readAll(NAMES.slice(0, 10))).toEqual(Array.from({ length: 10 }, () => 'theirs'));

    const [session] = fixture.aws.roles.sessions;
    expect(fixture.aws.calls.all.map(({ operation, accessKeyId }) => [operation, accessKeyId])).toEqual([
      ['AssumeRole', AWS_CREDENTIALS.accessKeyId],
      ['GetParameter', session?.credentials.accessKeyId],
      ['GetParameter', AWS_CREDENTIALS.accessKeyId],
      ['GetParameters', session?.credentials.accessKeyId],
    ]);
  });

  it('makes one AssumeRole for 300 concurrent first reads', async () => {
    const values = await Promise.all(Array.from({ length: 300 }, (_, index) => read(`/app/${index % 12}`)));

    expect(new Set(values)).toEqual(new Set(['theirs']));
    expect(fixture.assumptions()).toBe(1);
  });

  it('loses no read to the renewal of its credentials', async () => {
    const failures: unknown[] = [];
    const reads: Promise<unknown>[] = [];
    for (let minute = 0; minute < 180; minute += 1) {
      reads.push(read(`/app/${minute % 12}`).catch((error: unknown) => failures.push(error)));
      await fixture.clock.advance(MINUTE_MS);
    }
    await Promise.all(reads);

    expect(failures).toEqual([]);
    expect(fixture.assumptions()).toBeGreaterThanOrEqual(3);
    expect(fixture.assumptions()).toBeLessThanOrEqual(5);
  });

  it('repeats a read once with new credentials if AWS calls them expired before their time', async () => {
    await read('/app/1');
    await fixture.clock.advance(MINUTE_MS);
    fixture.aws.faults.failNext(1, { type: 'ExpiredTokenException' }, 'ssm:*');

    expect(await read('/app/1')).toBe('theirs');
    expect(fixture.assumptions()).toBe(2);
  });

  it('does not repeat a read forever', async () => {
    await read('/app/1');
    await fixture.clock.advance(MINUTE_MS);
    fixture.aws.faults.failNext(1_000, { type: 'ExpiredTokenException' }, 'ssm:*');
    for (let reads = 0; reads < 20; reads += 1)
      await expect(read('/app/1')).rejects.toThrow('the credentials have expired');

    expect(fixture.assumptions()).toBe(2);
  });

  it('does not read as the function if the role cannot be assumed', async () => {
    fixture.aws.faults.deny('sts:*');

    await expect(read('/app/1')).rejects.toBeInstanceOf(SourceRefusedError);
    await expect(read('/app/1')).rejects.toThrow(ROLE.roleArn);
    expect(await read('/own')).toBe('ours');
    expect(fixture.aws.calls.of('GetParameter')).toHaveLength(1);
  });

  it('is refused if the source has no roles', async () => {
    const { roleCredentials: _, ...parts } = valueParts();
    source = new SsmSource(parameters, new Map(), parts);

    await expect(read('/app/1')).rejects.toThrow(`the role ${ROLE.roleArn} cannot be assumed here`);
    expect(fixture.aws.calls.all).toEqual([]);
  });

  it('makes calls for one value if the role may not read several, and other groups do not', async () => {
    const denied = `arn:aws:ssm:eu-west-1:${ROLE_ACCOUNT}:*`;
    fixture.aws.faults.deny('ssm:GetParameters', denied);
    expect(await readAll(NAMES.slice(0, 3))).toEqual([]);
    fixture.aws.calls.clear();
    expect(await readAll(NAMES.slice(0, 3))).toEqual(['theirs']);
    expect(fixture.aws.calls.all.map(({ operation }) => operation)).toEqual(['GetParameter']);

    expect(source.batchLimit).toBe(10);
    expect(logger.lines.filter(({ level }) => level === 'warn')).toHaveLength(1);
  });
});

describe('with a role', () => {
  it('secrets are read, one by one and in batches', async () => {
    const theirs = new SecretsManagerSource(valueParts());
    const key = (id: string) => secrets.keyOf({ id });
    const { answers } = await theirs.readMany([key('db'), key('api')], WANTED);

    expect(answers.flatMap(bodyTexts)).toEqual(['theirs', 'theirs']);
    expect(bodyTexts(await theirs.read(key('db'), WANTED))).toEqual(['theirs']);
    expect(bodyTexts(await theirs.read(key('own'), WANTED))).toEqual(['ours']);
  });

  it('configurations are polled', async () => {
    const { credentialCache, clock, roleCredentials, aws } = fixture;
    const directory = new ConfigurationDirectory([{ ...FLAGS, group: 'theirs' }], true);
    const client = new LazyAwsClient({
      credentialCache,
      endpoints: { endpointFor: () => new URL(aws.url) },
      clock,
      label: { name: 'AppConfig' },
    });
    const groups = [{ name: 'theirs', pollIntervalMs: 45_000, role: ROLE }];
    const parts = { client, clock, groups, region: 'eu-west-1', roleCredentials };
    const configurations = new AppConfigItemSource(parts);
    const poll = async () =>
      bodyTexts(await configurations.read(directory.keyOf(FLAGS), optionsOf(AS_STORED)));
    expect(await poll()).toEqual(['theirs']);
    await clock.advance(2 * 60 * MINUTE_MS);

    expect(await poll()).toEqual(['theirs']);
    expect(fixture.assumptions()).toBe(2);
    aws.faults.deny('appconfig:GetLatestConfiguration');
    await clock.advance(2 * MINUTE_MS);
    await expect(poll()).rejects.toThrow(
      `access denied, the role ${ROLE.roleArn} needs appconfig:GetLatestConfiguration on the configuration, and kms:Decrypt if a customer managed key encrypts it`,
    );
    client.close();
  });
});

describe('a table with a role', () => {
  it('is read in the account of the role', async () => {
    const [ours, theirs] = [await startDynalite(), await startDynalite()];
    const { credentialCache, clock, roleCredentials, aws } = fixture;
    const proxy = await AccountProxy.start((accessKeyId) =>
      aws.roles.sessionOf(accessKeyId) === undefined ? ours.endpoint : theirs.endpoint,
    );
    const own = tableSpec({ name: 'Things', table: 'Things', hashKey: { name: 'id', type: 'S' } });
    const other = { ...own, name: 'Things-theirs', role: ROLE };
    for (const [server, owner] of [
      [ours, 'ours'],
      [theirs, 'theirs'],
    ] as const) {
      await server.createTable(own);
      await server.put('Things', { id: { S: '1' }, owner: { S: owner } });
    }
    const endpoints = { endpointFor: () => new URL(proxy.url) };
    const upstream = new DynamoDbUpstream({
      credentialCache,
      endpoints,
      clock,
      roleCredentials,
      region: 'eu-west-1',
    });
    const items = new DynamoDbItemSource([own, other], upstream, clock);
    const owners: (string | undefined)[] = [];
    for (const spec of [own, other, own]) {
      const key = new KeyCodec(spec).fromText('1');
      owners.push(bodyTexts(await items.read(key, optionsOf(PLAIN)))[0]);
      const { answers } = await items.readMany([key], optionsOf(PLAIN));
      owners.push(...answers.flatMap(bodyTexts));
    }
    upstream.close();
    await proxy.close();
    await Promise.all([ours.close(), theirs.close()]);

    const [mine, yours] = ['{"id":"1","owner":"ours"}', '{"id":"1","owner":"theirs"}'];
    expect(owners).toEqual([mine, mine, yours, yours, mine, mine]);
    const [session] = aws.roles.sessions;
    const keys = [AWS_CREDENTIALS.accessKeyId, session?.credentials.accessKeyId, AWS_CREDENTIALS.accessKeyId];
    expect(proxy.calls.map(({ accessKeyId }) => accessKeyId)).toEqual(keys.flatMap((key) => [key, key]));
  });

  it('is a temporary failure while STS is down, as any read that a stale item may replace', async () => {
    const { credentialCache, clock, endpoints } = fixture;
    fixture.aws.faults.failNext(10, {}, 'sts:*');
    const upstream = new DynamoDbUpstream({
      credentialCache,
      endpoints,
      clock,
      roleCredentials: fixture.roleCredentials,
      region: 'eu-west-1',
    });
    const spec = { ...tableSpec({ name: 'Things', hashKey: { name: 'id', type: 'S' } }), role: ROLE };
    const items = new DynamoDbItemSource([spec], upstream, clock);
    const failed = items.read(new KeyCodec(spec).fromText('1'), optionsOf(PLAIN));

    await expect(failed).rejects.toBeInstanceOf(SourceUnavailableError);
    upstream.close();
  });
});

describe('an operation of an SDK that is forwarded with a role', () => {
  const forwarding = () => {
    const { credentialCache, clock, endpoints, roleCredentials } = fixture;
    const label = { name: 'DynamoDB' };
    const forwarder = new AwsForwarder({
      service: 'dynamodb',
      label,
      credentialCache,
      endpoints,
      clock,
      roleCredentials,
    });
    return forwarder
      .forward({
        operation: 'PutItem',
        headers: new Headers(),
        body: new Uint8Array(),
        signal: new AbortController().signal,
        region: 'eu-west-1',
        role: ROLE,
        isRepeatable: false,
      })
      .finally(() => forwarder.close());
  };

  it('is refused with the reason of STS if the role cannot be assumed', async () => {
    fixture.aws.faults.deny('sts:*');
    const failure: unknown = await forwarding().catch((error: unknown) => error);

    expect(failure).toBeInstanceOf(SourceRefusedError);
    expect(String(failure)).toContain(ROLE.roleArn);
  });

  it('fails for now while STS is down, and says that it was not sent', async () => {
    fixture.aws.faults.failNext(10, {}, 'sts:*');
    const failure: unknown = await forwarding().catch((error: unknown) => error);

    expect(failure).toBeInstanceOf(NotForwardedError);
    expect(String(failure)).toContain('AssumeRole');
    expect(String(failure)).not.toContain('AWS_ACCESS_KEY_ID');
  });
});
