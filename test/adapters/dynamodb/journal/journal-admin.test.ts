import { afterAll, afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { DynamoDbUpstream } from '../../../../src/adapters/dynamodb/dynamodb-upstream.ts';
import { DynamoDbJournal } from '../../../../src/adapters/dynamodb/journal/dynamodb-journal.ts';
import { JournalAdmin, VERIFIED_SCOPE } from '../../../../src/adapters/dynamodb/journal/journal-admin.ts';
import { JournalTable } from '../../../../src/adapters/dynamodb/journal/journal-table.ts';
import type { InvalidationJournal } from '../../../../src/ports/outbound/invalidation-journal.ts';
import { startDynalite } from '../../../support/dynamodb/dynalite.ts';
import { fullPage } from '../../../support/dynamodb/full-page.ts';
import { createJournalTable } from '../../../support/dynamodb/journal-subject.ts';
import { useTestCredentials } from '../../../support/dynamodb/test-credentials.ts';
import { upstreamTo } from '../../../support/dynamodb/upstream-to.ts';
import { callDynamoDb } from '../../../support/dynamodb/wire.ts';
import { FakeClock } from '../../../support/fakes/fake-clock.ts';
import { FixedRandom } from '../../../support/fakes/fixed-random.ts';
import { FAULTS } from '../../../support/faults/faults.ts';

useTestCredentials();
const server = await startDynalite();
afterAll(() => server.close());

let tables = 0;
let name: string;
let upstream: DynamoDbUpstream;
let waits: number[];
let onWait: () => unknown;

beforeEach(() => {
  tables += 1;
  name = `Admin-${tables}`;
  upstream = upstreamTo({ region: 'us-east-1', endpoint: server.endpoint });
  waits = [];
  onWait = () => undefined;
  server.proxy.forget();
});

afterEach(() => {
  server.proxy.heal();
  upstream.close();
});

const journal = () =>
  new DynamoDbJournal({ table: name, upstream, clock: new FakeClock(), random: new FixedRandom(0.5) });

const admin = (over: { readonly journal?: InvalidationJournal } = {}): JournalAdmin =>
  new JournalAdmin({
    name,
    table: new JournalTable({ table: name, upstream }),
    journal: journal(),
    wait: async (ms) => {
      waits.push(ms);
      await onWait();
    },
    ...over,
  });

const describing = (status: string) => (body: { readonly Table: object }) => ({
  Table: { ...body.Table, TableStatus: status },
});

/** Lets the next answers to an operation be changed on their way. */
const changeAnswers = (operation: string, times: number, change: ReturnType<typeof describing>): void =>
  server.proxy.inject({
    operation,
    times,
    fault: async ({ forward, response }) => {
      const { status, headers, bytes } = await forward();
      const body = JSON.stringify(change(JSON.parse(Buffer.from(bytes).toString())));
      response.writeHead(status, { ...headers, 'content-length': String(Buffer.byteLength(body)) }).end(body);
    },
  });

const signal = new AbortController().signal;
const OTHER_KEY = { hashKey: { name: 'id', type: 'S' }, sortKey: { name: 'page', type: 'S' } } as const;

describe('journal create', () => {
  it('creates a table on demand that the journal can use', async () => {
    expect(await admin().create()).toEqual({
      lines: [`the journal table ${name} was created`],
      problems: [],
    });
    expect(server.requests[0]).toMatchObject({
      operation: 'CreateTable',
      body: { TableName: name, BillingMode: 'PAY_PER_REQUEST' },
    });

    expect(
      await journal().announce({ scope: 's', changed: [1], isUnknown: false, at: 1 }, signal),
    ).toHaveLength(1);
  });

  it('changes nothing if the table exists', async () => {
    await admin().create();
    await journal().announce({ scope: 's', changed: [1], isUnknown: false, at: 1 }, signal);

    expect(await admin().create()).toEqual({
      lines: [`the journal table ${name} exists already`],
      problems: [],
    });
    expect(await journal().check('s', signal)).toHaveLength(1);
  });

  it('waits until the table is active, and until DynamoDB knows it', async () => {
    server.proxy.inject({ operation: 'DescribeTable', fault: FAULTS['no-such-table'], times: 1 });
    onWait = () => {
      if (waits.length === 1) changeAnswers('DescribeTable', 2, describing('CREATING'));
    };

    expect(await admin().create()).toMatchObject({ problems: [] });
    expect(waits).toEqual([1000, 1000, 1000]);
  });

  it('gives up after five minutes', async () => {
    changeAnswers('DescribeTable', 1000, describing('CREATING'));

    expect(await admin().create()).toEqual({
      lines: [],
      problems: [`the table ${name} is CREATING; repeat this when it is ACTIVE`],
    });
    expect(waits).toHaveLength(299);
  });

  it('refuses a table with another key, and one that is being deleted', async () => {
    await server.createTable({ table: name, ...OTHER_KEY });
    expect(await admin().create()).toEqual({
      lines: [],
      problems: [
        `the key of the table ${name} is id (S), page (S); required: table (S), page (N); use another table`,
      ],
    });
    tables += 1;
    name = `Admin-${tables}`;
    await createJournalTable(server, name);
    changeAnswers('DescribeTable', 1, describing('DELETING'));

    expect(await admin().create()).toMatchObject({
      problems: [`the table ${name} is DELETING; repeat this when it is ACTIVE`],
    });
  });

  it('names the permission that is missing', async () => {
    server.proxy.inject({ operation: 'CreateTable', fault: FAULTS['access-denied'] });

    expect((await admin().create()).problems).toEqual([
      `DynamoDB refused CreateTable of the journal table ${name}: access denied, the function's role needs dynamodb:CreateTable on that table`,
    ]);
  });
});

describe('journal show', () => {
  it('says that a table is empty', async () => {
    await createJournalTable(server, name);

    expect(await admin().show()).toEqual({ lines: [`the journal table ${name} is empty`], problems: [] });
  });

  it('does not take a table with another key for an empty journal', async () => {
    await server.createTable({ table: name, ...OTHER_KEY });

    expect(await admin().show()).toEqual({
      lines: [],
      problems: [
        `the key of the table ${name} is id (S), page (S); required: table (S), page (N); use another table`,
      ],
    });
  });

  it('does without DescribeTable', async () => {
    await createJournalTable(server, name);
    server.proxy.inject({ operation: 'DescribeTable', fault: FAULTS['access-denied'] });

    expect(await admin().show()).toEqual({ lines: [`the journal table ${name} is empty`], problems: [] });
  });

  it('lists the pages of each scope with their sizes, and no hash', async () => {
    await createJournalTable(server, name);
    await journal().announce(
      { scope: 'us-east-1/Things', changed: [1, 2, 128], isUnknown: false, at: 1 },
      signal,
    );
    await journal().announce(
      { scope: 'us-east-1/Things', changed: 'everything', isUnknown: true, at: 1_700_000_000_000 },
      signal,
    );
    await server.put(name, fullPage('odd\nname'));
    const { lines, problems } = await admin().show();

    expect(problems).toEqual([]);
    const odd = lines.indexOf('"odd\\nname"');
    expect(lines.slice(odd, odd + 2)).toEqual([
      '"odd\\nname"',
      '  page 4 of 4: keys 1279872, everything 9999, unknown outcome 9999, ring 40, 973 bytes',
    ]);
    const things = lines.indexOf('us-east-1/Things');
    expect(lines.slice(things, things + 3)).toEqual([
      'us-east-1/Things',
      '  page 1 of 4: keys 2, everything 1, unknown outcome 1, ring 2, 97 bytes',
      '  page 2 of 4: keys 1, everything 0, unknown outcome 0, ring 1, 68 bytes',
    ]);
    expect(lines).toHaveLength(5);
  });

  it('reports pages that cannot be read, and shows the others', async () => {
    await createJournalTable(server, name);
    await server.put(name, { ...fullPage('s', 100), head: { S: 'secret' } });
    await server.put(name, { ...fullPage('s', 200), version: { N: '2' } });
    await server.put(name, fullPage('s', 300));
    const { lines, problems } = await admin().show();

    expect(lines).toEqual(['s', expect.stringMatching(/^ {2}page 1 of 3: /)]);
    expect(problems).toEqual([
      's: the journal has a page whose attribute head is not as the extension writes it: delete that item to start its page again',
      's: the journal has a page of format 2 or later, and this version reads format 1: update the extension',
    ]);
  });

  it('says that there is no such table', async () => {
    expect((await admin().show()).problems).toEqual([
      expect.stringContaining(`Scan of the journal table ${name}: there is no such table`),
    ]);
  });
});

describe('journal verify', () => {
  it('makes an announcement that a check shows, and leaves nothing behind', async () => {
    await createJournalTable(server, name);

    expect(await admin().verify()).toEqual({
      lines: [
        `the journal table ${name} exists, and its key is table (S), page (N)`,
        'an announcement was made, and a check showed it',
      ],
      problems: [],
    });
    expect((await admin().show()).lines).toEqual([`the journal table ${name} is empty`]);
  });

  it('says that there is no table, and that the next step is to create it', async () => {
    expect(await admin().verify()).toEqual({
      lines: [],
      problems: [`there is no table ${name} in this region and account`],
      needsTable: true,
    });
  });

  it('refuses a table with another key, without writing to it', async () => {
    await server.createTable({ table: name, ...OTHER_KEY });

    expect(await admin().verify()).toMatchObject({
      problems: [expect.stringContaining('required: table (S), page (N)')],
      needsTable: false,
    });
    expect(server.requests.map(({ operation }) => operation)).toEqual(['DescribeTable']);
  });

  it.each(['UpdateItem', 'Query'])('names the permission for %s that is missing', async (operation) => {
    await createJournalTable(server, name);
    server.proxy.inject({ operation, fault: FAULTS['access-denied'] });

    expect((await admin().verify()).problems).toEqual([
      `DynamoDB refused ${operation} of the journal table ${name}: access denied, the function's role needs dynamodb:${operation} on that table`,
    ]);
  });

  it('reports pages that cannot be read', async () => {
    await createJournalTable(server, name);
    await server.put(name, { ...fullPage('s', 100), head: { S: 'secret' } });

    expect(await admin().verify()).toMatchObject({
      lines: [expect.anything(), 'an announcement was made, and a check showed it'],
      problems: [
        's: the journal has a page whose attribute head is not as the extension writes it: delete that item to start its page again',
      ],
    });
  });

  it('does without the calls that the extension does not need', async () => {
    await createJournalTable(server, name);
    for (const operation of ['DescribeTable', 'DeleteItem', 'Scan']) {
      server.proxy.inject({ operation, fault: FAULTS['access-denied'] });
    }

    expect(await admin().verify()).toEqual({
      lines: [
        expect.stringMatching(
          /^the key was not compared, .*: DynamoDB refused DescribeTable .*access denied/,
        ),
        'an announcement was made, and a check showed it',
        expect.stringMatching(
          /^the items of this test, under dynamodb-cache-extension-verify, stay, .* refused DeleteItem/,
        ),
        expect.stringMatching(/^the pages were not read, .*: DynamoDB refused Scan .*access denied/),
      ],
      problems: [],
    });
    const left = await callDynamoDb(server.directEndpoint, 'Scan', { TableName: name });
    expect(left).toContain(VERIFIED_SCOPE);
  });

  it('reports a check that does not show the announcement', async () => {
    await createJournalTable(server, name);
    const blind: InvalidationJournal = {
      announce: (announcement) => journal().announce(announcement, signal),
      check: async () => [],
    };

    expect((await admin({ journal: blind }).verify()).problems).toEqual([
      `a check of the journal table ${name} does not show an announcement that was made before it`,
    ]);
  });

  it('rejects on a defect', async () => {
    await createJournalTable(server, name);
    const broken: InvalidationJournal = {
      announce: () => Promise.reject(new TypeError('a defect')),
      check: async () => [],
    };

    await expect(admin({ journal: broken }).verify()).rejects.toThrow('a defect');
  });
});
