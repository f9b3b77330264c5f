import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { JOURNAL_KEY } from '../../src/adapters/dynamodb/journal/journal-item.ts';
import { startDynalite } from '../support/dynamodb/dynalite.ts';
import type { DynamoDbServer } from '../support/dynamodb/dynamodb-server.ts';
import { postOperation, signedBy } from '../support/dynamodb/wire.ts';
import { createCertificate } from '../support/e2e/certificate.ts';
import { eventually } from '../support/e2e/eventually.ts';
import type { ExtensionUnderTest } from '../support/e2e/extension-under-test.ts';
import { itemPath } from '../support/e2e/item-path.ts';
import { LAYER } from '../support/e2e/program.ts';
import { startExtension } from '../support/e2e/start-extension.ts';
import { NO_VALKEY, ValkeyServer } from '../support/valkey/valkey-server.ts';

const CACHE_YAML = `
dynamodb:
  - { table: Things, hashKey: id, ttl: 1h, coherence: invocation }
`;
const IDS = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];

const suite = NO_VALKEY === undefined ? describe : describe.skip;

suite(`environments with a second tier${NO_VALKEY === undefined ? '' : ` (${NO_VALKEY})`}`, () => {
  let dynamodb: DynamoDbServer;
  let valkey: ValkeyServer;
  let environments: ExtensionUnderTest[] = [];

  beforeAll(async () => {
    dynamodb = await startDynalite();
    await dynamodb.createTable({ table: 'Things', hashKey: { name: 'id', type: 'S' } });
    await dynamodb.createTable({
      table: 'Journal',
      hashKey: { name: JOURNAL_KEY.scope, type: 'S' },
      sortKey: { name: JOURNAL_KEY.page, type: 'N' },
    });
    valkey = await ValkeyServer.start();
  });

  beforeEach(async () => {
    for (const id of IDS) await dynamodb.put('Things', { id: { S: id }, version: { N: '1' } });
    await valkey.command('FLUSHALL');
  });

  afterEach(async () => {
    valkey.resume();
    await Promise.all(environments.map((each) => each.close()));
    environments = [];
  });

  afterAll(async () => {
    await valkey.close();
    await dynamodb.close();
  });

  const start = async (
    url = `redis://127.0.0.1:${valkey.port}`,
    env: Readonly<Record<string, string>> = {},
  ) => {
    const environment = await startExtension({
      cacheYaml: CACHE_YAML,
      endpoint: dynamodb.endpoint,
      env: { CACHE_EXTENSION_JOURNAL_TABLE: 'Journal', CACHE_EXTENSION_TIER_URL: url, ...env },
    });
    environments.push(environment);
    await environment.lambda.invoke();
    return environment;
  };

  const readAll = async (environment: ExtensionUnderTest): Promise<readonly number[]> => {
    const answers = await Promise.all(IDS.map((id) => environment.get(itemPath('Things', id))));
    return answers.map(({ status, body }) => (status === 200 ? JSON.parse(body).version : status));
  };

  const writeAll = async ({ port }: ExtensionUnderTest, version: number): Promise<void> => {
    const statuses = await Promise.all(
      IDS.map((id) =>
        postOperation(`http://127.0.0.1:${port}`, {
          target: 'DynamoDB_20120810.PutItem',
          body: JSON.stringify({
            TableName: 'Things',
            Item: { id: { S: id }, version: { N: `${version}` } },
          }),
          headers: { authorization: signedBy('emulated-key-id', 'us-east-1') },
        }),
      ),
    );
    expect(statuses.map(({ status }) => status)).toEqual(IDS.map(() => 200));
  };

  const all = (version: number) => IDS.map(() => version);

  const tierOf = async (environment: ExtensionUnderTest, name: string): Promise<number> => {
    const { body } = await environment.get('/metrics');
    return Number(new RegExp(`^dynamodb_cache_tier_${name}_total (\\d+)$`, 'm').exec(body)?.[1]);
  };

  it('read from it in a cold environment what DynamoDB would have been asked for', async () => {
    const first = await start();
    expect(await readAll(first)).toEqual(all(1));
    await eventually(
      () => valkey.command('DBSIZE'),
      (size) => size === `:${IDS.length}\r\n`,
    );
    const cold = await start();
    dynamodb.proxy.forget();

    expect(await readAll(cold)).toEqual(all(1));
    // On a machine that is too busy, a call may take longer than 50 ms; DynamoDB is asked then.
    const hits = await tierOf(cold, 'hits');
    expect(hits).toBeGreaterThan(0);
    expect(dynamodb.proxy.count('GetItem')).toBe(IDS.length - hits);
  });

  it('see every write while it works, is flushed, paused, stopped and started again, and warn once', async () => {
    const [writer, reader] = [await start(), await start()];
    let version = 1;
    const round = async () => {
      version += 1;
      await writeAll(writer, version);
      await reader.lambda.invoke();
      expect(await readAll(reader)).toEqual(all(version));
    };
    const rounds = async (count: number) => {
      for (let n = 0; n < count; n += 1) await round();
    };
    const warnings = (start: string) => reader.log.filter(({ message }) => message.startsWith(start)).length;
    const broken = () => warnings('the second tier does not answer');
    const until = (count: number, seen: () => number) =>
      eventually(
        async () => {
          await round();
          return seen();
        },
        (found) => found === count,
      );
    const untilBroken = (count: number) => until(count, broken);
    const untilRepaired = (count: number) => until(count, () => warnings('the second tier answers again'));

    await rounds(2);
    await valkey.command('FLUSHALL');
    await rounds(2);
    expect(broken()).toBe(0);

    valkey.pause();
    await untilBroken(1);
    await rounds(2);
    valkey.resume();
    await untilRepaired(1);

    await valkey.stop();
    await untilBroken(2);
    await rounds(2);
    await valkey.startAgain();
    await untilRepaired(2);
    expect(broken()).toBe(2);
  });

  const hasTls = LAYER === undefined && spawnSync('openssl', ['version']).status === 0;
  (hasTls ? it : it.skip)('reach it over TLS with a password', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'tier-tls-'));
    const { key, certificate } = createCertificate('IP:127.0.0.1');
    await writeFile(join(folder, 'key.pem'), key);
    await writeFile(join(folder, 'certificate.pem'), certificate);
    const secured = await ValkeyServer.start(
      ...['--port', '0', '--tls-port', 'PORT', '--tls-auth-clients', 'no', '--requirepass', 's3cret'],
      ...['--tls-cert-file', join(folder, 'certificate.pem'), '--tls-key-file', join(folder, 'key.pem')],
    );
    const environment = await start(`rediss://:s3cret@127.0.0.1:${secured.port}`, {
      NODE_EXTRA_CA_CERTS: join(folder, 'certificate.pem'),
    });

    await readAll(environment);
    expect(
      await eventually(
        () => tierOf(environment, 'stored'),
        (stored) => stored > 0,
      ),
    ).toBeGreaterThan(0);
    await secured.close();
    await rm(folder, { recursive: true });
  });
});
