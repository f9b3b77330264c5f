import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DynamoDbJournal } from '../../src/adapters/dynamodb/journal/dynamodb-journal.ts';
import { SystemRandom } from '../../src/adapters/system/system.ts';
import { createStreamHandler } from '../../src/bootstrap/stream-announcer.ts';
import { hashOf } from '../../src/domain/cache/journal-page.ts';
import { KeyCodec } from '../../src/domain/dynamodb/model/key-codec.ts';
import { streamRecord } from '../adapters/dynamodb-stream/recorded-events.ts';
import { startDynalite } from '../support/dynamodb/dynalite.ts';
import type { DynamoDbServer } from '../support/dynamodb/dynamodb-server.ts';
import { createJournalTable } from '../support/dynamodb/journal-subject.ts';
import { useTestCredentials } from '../support/dynamodb/test-credentials.ts';
import { upstreamTo } from '../support/dynamodb/upstream-to.ts';
import { FakeClock } from '../support/fakes/fake-clock.ts';
import { FAULTS } from '../support/faults/faults.ts';

const BUILT = fileURLToPath(new URL('../../dist/stream-announcer/index.mjs', import.meta.url));
const TABLE = 'Stream-journal';
const SCOPE = 'eu-west-1/Products';

const RECORDS = ['a', 'b'].map((pk, index) =>
  streamRecord({ Keys: { sk: { N: '1' }, pk: { S: pk } }, SequenceNumber: String(index) }),
);

const KEYS = new KeyCodec({
  name: 'Products',
  hashKey: { name: 'pk', type: 'S' },
  sortKey: { name: 'sk', type: 'N' },
});

describe('the function that announces the changes of a stream', () => {
  let server: DynamoDbServer;
  let environment: Record<string, string>;

  beforeAll(async () => {
    useTestCredentials();
    server = await startDynalite();
    await createJournalTable(server, TABLE);
    environment = {
      CACHE_EXTENSION_JOURNAL_TABLE: TABLE,
      CACHE_EXTENSION_DYNAMODB_ENDPOINT: server.endpoint,
      TABLE_KEYS: 'pk,sk',
      AWS_REGION: 'eu-west-1',
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
      CACHE_EXTENSION_LOG_LEVEL: 'none',
    };
  });

  afterAll(async () => {
    await server?.close();
  });

  const announcedHashes = async (scope = SCOPE) => {
    const clock = new FakeClock();
    const upstream = upstreamTo({ region: 'eu-west-1', endpoint: server.endpoint }, clock);
    const journal = new DynamoDbJournal({ table: TABLE, upstream, clock, random: new SystemRandom() });
    const pages = await journal.check(scope, new AbortController().signal);
    upstream.close();
    return pages.flatMap(({ ring }) => ring.map(({ hash }) => hash));
  };

  it('writes to the journal what the extension reads from it', async () => {
    const answer = await createStreamHandler(environment).handle({ Records: RECORDS });

    expect(answer).toEqual({ batchItemFailures: [] });
    expect((await announcedHashes()).sort()).toEqual(
      ['a', 'b'].map((pk) => hashOf(KEYS.fromText(pk, '1'))).sort(),
    );
  });

  it('announces the items that changed if TABLE_KEYS names the sort key first', async () => {
    const types = { hashKey: { name: 'pk', type: 'S' }, sortKey: { name: 'sk', type: 'N' } } as const;
    await server.createTable({ table: 'Ordered', ...types });
    const ordered = streamRecord({
      Keys: { sk: { N: '7' }, pk: { S: 'ordered' } },
      SequenceNumber: '1',
      table: 'Ordered',
    });
    await createStreamHandler({ ...environment, TABLE_KEYS: 'sk,pk' }).handle({ Records: [ordered] });

    expect(await announcedHashes('eu-west-1/Ordered')).toEqual([hashOf(KEYS.fromText('ordered', '7'))]);
  });

  it('is repeated by Lambda if the journal refuses the announcement', async () => {
    server.proxy.inject({ fault: FAULTS['access-denied'] });
    try {
      expect(await createStreamHandler(environment).handle({ Records: RECORDS })).toEqual({
        batchItemFailures: [{ itemIdentifier: '0' }],
      });
    } finally {
      server.proxy.heal();
    }
  });

  it('is built as one module with a handler, and answers without other packages', async () => {
    const before = await announcedHashes();
    const script = `
const { handler } = await import(process.argv[1]);
console.log(JSON.stringify(await handler(JSON.parse(process.argv[2]))));
process.exit();`;
    const { stdout, stderr } = await promisify(execFile)(
      process.execPath,
      ['--input-type=module', '-e', script, BUILT, JSON.stringify({ Records: RECORDS })],
      // Nothing in this folder leads to the packages of the project.
      { cwd: '/', env: { ...environment, CACHE_EXTENSION_METRICS: 'emf', PATH: process.env.PATH } },
    );

    const [metrics = '', ...answer] = stdout.split('\n');
    expect(JSON.parse(metrics)).toMatchObject({ FunctionName: 'local', AnnouncedRecords: RECORDS.length });
    expect({ answer, stderr }).toEqual({ answer: ['{"batchItemFailures":[]}', ''], stderr: '' });
    expect(await announcedHashes()).toHaveLength(before.length + RECORDS.length);
  });

  it('says at its start which variable is missing', () => {
    expect(() => createStreamHandler({ ...environment, TABLE_KEYS: '' })).toThrow(/^TABLE_KEYS is not set; /);
  });
});
