import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { hashOf, pageOf } from '../../src/domain/cache/journal-page.ts';
import { ConfiguredTable } from '../../src/domain/dynamodb/model/configured-tables.ts';
import { CREDENTIALS } from '../../tools/lambda-emulator/index.ts';
import { itemOf } from '../fleet/item-versions.ts';
import { JudgedWire } from '../fleet/judged-wire.ts';
import { Chance } from '../support/chance.ts';
import { startDynalite } from '../support/dynamodb/dynalite.ts';
import type { DynamoDbServer } from '../support/dynamodb/dynamodb-server.ts';
import { createJournalTable } from '../support/dynamodb/journal-subject.ts';
import { tableSpec } from '../support/dynamodb/table-spec.ts';
import { postOperation, signedBy } from '../support/dynamodb/wire.ts';
import { eventually } from '../support/e2e/eventually.ts';
import type { ExtensionUnderTest } from '../support/e2e/extension-under-test.ts';
import { itemPath } from '../support/e2e/item-path.ts';
import { startExtension } from '../support/e2e/start-extension.ts';
import { FAULTS } from '../support/faults/faults.ts';

const JOURNAL = 'Journal';
const IDS = Array.from({ length: 12 }, (_, n) => `item-${n}`);
const PAGES = 4;

/** Units for the items and for the journal. */
interface Units {
  readonly itemReads: number;
  readonly itemWrites: number;
  readonly checks: number;
  readonly journalReads: number;
  readonly journalWrites: number;
}

const NONE: Units = { itemReads: 0, itemWrites: 0, checks: 0, journalReads: 0, journalWrites: 0 };

let dynamodb: DynamoDbServer;
let wire: JudgedWire;
let extension: ExtensionUnderTest;

beforeAll(async () => {
  dynamodb = await startDynalite();
  await dynamodb.createTable({ table: 'Items', hashKey: { name: 'id', type: 'S' } });
  await createJournalTable(dynamodb, JOURNAL);
  // An empty journal takes no units in dynalite.
  const scope = { table: { S: 'eu-west-1/Items' }, page: { N: String(PAGES * 100) } };
  const page = { version: { N: '1' }, epoch: { N: '7' }, head: { N: '0' }, ring: { L: [] } };
  await dynamodb.put(JOURNAL, { ...scope, ...page });
  await dynamodb.putAll(
    'Items',
    IDS.map((id) => itemOf(id, 1)),
  );
});

beforeEach(() => {
  wire = new JudgedWire({
    backend: dynamodb.directEndpoint,
    table: 'Items',
    journal: JOURNAL,
    chance: new Chance(1),
  });
  for (const id of IDS) wire.versions.put(id, 1, Number.NEGATIVE_INFINITY);
  dynamodb.proxy.inject({ fault: wire.handle });
});

afterEach(async () => {
  await extension.close();
  dynamodb.proxy.heal();
  wire.close();
});

afterAll(() => dynamodb.close());

const start = async (table: string, env: Readonly<Record<string, string>> = {}): Promise<void> => {
  extension = await startExtension({
    cacheYaml: `dynamodb:\n  - { table: Items, hashKey: id, ttl: 1h, ${table} }\n`,
    endpoint: dynamodb.endpoint,
    env: { CACHE_EXTENSION_JOURNAL_TABLE: JOURNAL, ...env },
  });
};

const unitsNow = (): Units => ({
  itemReads: wire.counts.itemReadUnits,
  itemWrites: wire.counts.itemWriteUnits,
  checks: wire.counts.checks,
  journalReads: wire.counts.journalReadUnits,
  journalWrites: wire.counts.journalWriteUnits,
});

/** The units that the work takes. */
const unitsOf = async (work: () => Promise<unknown>): Promise<Units> => {
  const before = unitsNow();
  await work();
  const after = unitsNow();
  return {
    itemReads: after.itemReads - before.itemReads,
    itemWrites: after.itemWrites - before.itemWrites,
    checks: after.checks - before.checks,
    journalReads: after.journalReads - before.journalReads,
    journalWrites: after.journalWrites - before.journalWrites,
  };
};

const read = async (id: string): Promise<void> => {
  expect((await extension.get(itemPath('Items', id))).status).toBe(200);
};

const readAll = async (): Promise<void> => {
  for (const id of IDS) await read(id);
};

const call = async (operation: string, input: object): Promise<void> => {
  const authorization = signedBy(CREDENTIALS.AWS_ACCESS_KEY_ID, 'eu-west-1');
  const request = { target: `DynamoDB_20120810.${operation}`, body: JSON.stringify(input) };
  const answer = await postOperation(`http://127.0.0.1:${extension.port}`, {
    ...request,
    headers: { authorization },
  });
  expect(answer.status).toBe(200);
};

const put = (id: string) => call('PutItem', { TableName: 'Items', Item: itemOf(id, 2) });

const spec = new ConfiguredTable(tableSpec({ name: 'Items', hashKey: { name: 'id', type: 'S' } }));

/** How many pages of the journal the keys fall on. */
const pagesOf = (ids: readonly string[]): number => {
  const pages = ids.map((id) => {
    const key = spec.keyIn({ id: { S: id } });
    return key && pageOf(hashOf(key), PAGES);
  });
  return new Set(pages).size;
};

describe('coherence: invocation', () => {
  beforeEach(() => start('coherence: invocation, preload: none'));

  it('takes one read unit in an invocation that reads, however often, and none for hits', async () => {
    await extension.lambda.invoke();
    await readAll();

    // The check begins with the invocation, because the one before it read the table.
    const units = unitsOf(async () => {
      await extension.lambda.invoke();
      await Promise.all([readAll(), readAll()]);
    });
    expect(await units).toEqual({ ...NONE, checks: 1, journalReads: 1 });
  });

  it('takes no unit in invocations that do not read', async () => {
    await extension.lambda.invoke();

    expect(
      await unitsOf(async () => {
        for (let n = 0; n < 3; n += 1) await extension.lambda.invoke();
      }),
    ).toEqual(NONE);
  });

  it('takes one write unit for the announcement of one write', async () => {
    await extension.lambda.invoke();

    expect(await unitsOf(() => put('item-0'))).toEqual({ ...NONE, itemWrites: 1, journalWrites: 1 });
  });

  it('takes one write unit for each page that the keys of a batch or a transaction fall on', async () => {
    const ids = IDS.slice(0, 6);
    const pages = pagesOf(ids);
    expect(pages).toBeGreaterThan(1);
    const puts = ids.map((id) => ({ PutRequest: { Item: itemOf(id, 3) } }));
    const batch = () => call('BatchWriteItem', { RequestItems: { Items: puts } });
    expect(await unitsOf(batch)).toEqual({ ...NONE, itemWrites: ids.length, journalWrites: pages });

    // Dynalite knows no transactions, and their own units are not those of the cache.
    dynamodb.proxy.inject({ fault: FAULTS['no-item'], operation: 'TransactWriteItems' });
    const items = ids.map((id) => ({ Put: { TableName: 'Items', Item: itemOf(id, 4) } }));
    expect(await unitsOf(() => call('TransactWriteItems', { TransactItems: items }))).toEqual({
      ...NONE,
      journalWrites: pages,
    });
  });

  it('takes one write unit to trim each eight keys that were announced on a page', async () => {
    const ring = 32;
    const writes = ring + 24;
    expect((await unitsOf(() => repeat(writes, () => put('item-1')))).itemWrites).toBe(writes);

    await eventually(
      async () => wire.counts.journalWriteUnits,
      (units) => units === writes + 3,
    );
    expect(wire.counts.trims).toBe(3);
  });

  it('reads a changed item consistently, for twice the units', async () => {
    await extension.lambda.invoke();
    expect((await unitsOf(() => read('item-2'))).itemReads).toBeLessThanOrEqual(1);
    await put('item-2');

    expect((await unitsOf(() => read('item-2'))).itemReads).toBe(1);
  });
});

it('a duration takes one read unit in that time, however many invocations there are', async () => {
  await start('coherence: 1h, preload: none');
  await repeat(3, async () => {
    await extension.lambda.invoke();
    await readAll();
  });

  expect(wire.counts).toMatchObject({ checks: 1, journalReadUnits: 1 });
});

it('a preload takes one check beside the units of the items', async () => {
  await start('coherence: invocation', { CACHE_EXTENSION_INIT_STARTUP: 'true' });
  await eventually(
    () => extension.health(),
    ({ preload }) => preload.every(({ state }) => state === 'complete'),
  );
  const pages = dynamodb.requests.filter(({ body }) => JSON.stringify(body).includes('"Segment"'));

  expect(wire.counts).toMatchObject({ checks: 1, journalReadUnits: 1, journalWriteUnits: 0 });
  // The first check knows of no writes before it: anything may have changed a moment ago.
  expect(pages.map(({ body }) => body)).toEqual(
    pages.map(() => expect.objectContaining({ ConsistentRead: true })),
  );
  expect(pages.length).toBeGreaterThan(0);
});

const repeat = async (times: number, work: () => Promise<unknown>): Promise<void> => {
  for (let n = 0; n < times; n += 1) await work();
};
