import { readdirSync } from 'node:fs';
import { setImmediate as macrotask } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { crc32 } from '../../src/adapters/http/sdk-endpoint/wire-answer.ts';
import { type BareDynalite, startBareDynalite } from '../support/dynamodb/dynalite.ts';
import { tableSpec } from '../support/dynamodb/table-spec.ts';
import { useTestCredentials } from '../support/dynamodb/test-credentials.ts';
import { postOperation } from '../support/dynamodb/wire.ts';
import { EndpointUnderTest } from '../support/endpoint/endpoint-under-test.ts';
import { TOUR, type TourStep } from '../support/endpoint/tour.ts';
import type { HttpAnswer } from '../support/http/exchange.ts';

/** Of one connection, of one answer, or of one moment. */
const OF_THE_MOMENT = new Set(['connection', 'date', 'keep-alive', 'transfer-encoding', 'x-amzn-requestid']);

/** What two DynamoDBs say differently of tables of the same name. */
const moments = (text: string): string =>
  text
    .replaceAll(/"(CreationDateTime|Last(?:In|De)creaseDateTime)":[\d.]+/g, '"$1":0')
    .replaceAll(/"TableId":"[^"]*"/g, '"TableId":""');

/** DynamoDB gives the items of a batch in no order. */
const inOrder = (text: string): string => {
  if (!text.startsWith('{"Responses"')) return text;
  const { Responses: tables, ...rest }: { Responses: Record<string, object[]> } = JSON.parse(text);
  const sorted = Object.entries(tables).map(([table, items]) => [
    table,
    items.map((item) => JSON.stringify(item)).sort(),
  ]);
  return JSON.stringify([sorted, rest]);
};

/** Checksums and lengths speak of the bytes, which the moment is part of. */
const comparable = ({ status, headers, bytes }: HttpAnswer) => {
  const text = bytes.toString('latin1');
  const told = inOrder(moments(text));
  const ofBytes = told === text ? [] : ['content-length', 'x-amz-crc32'];
  return {
    status,
    headers: Object.fromEntries(
      Object.entries(headers).filter(([name]) => !OF_THE_MOMENT.has(name) && !ofBytes.includes(name)),
    ),
    body: told,
  };
};

const TOUR_TABLE = tableSpec({
  name: 'Tour',
  hashKey: { name: 'id', type: 'S' },
  sortKey: { name: 'at', type: 'N' },
});

describe('through the extension', () => {
  let direct: BareDynalite;
  let behind: BareDynalite;
  let endpoint: EndpointUnderTest;

  beforeAll(async () => {
    useTestCredentials();
    direct = await startBareDynalite();
    behind = await startBareDynalite();
    endpoint = await EndpointUnderTest.inFrontOf(behind.url, { tables: [TOUR_TABLE] });
  });

  afterAll(async () => {
    await endpoint.close();
    await Promise.all([direct.close(), behind.close()]);
  });

  const ask = (url: string, { operation, input }: TourStep): Promise<HttpAnswer> =>
    postOperation(url, {
      target: `DynamoDB_20120810.${operation}`,
      body: typeof input === 'string' ? input : JSON.stringify(input),
    });

  /** Resolves when nothing is being done to the table. */
  const atRest = async (url: string): Promise<void> => {
    const describe = { title: '', operation: 'DescribeTable', input: { TableName: 'Tour' } };
    while (/"TableStatus":"(?!ACTIVE)/.test((await ask(url, describe)).body)) await macrotask();
  };

  it.each(TOUR)('$operation is answered as without it when $title', async (step) => {
    if (step.awaitsRest) await Promise.all([atRest(direct.url), atRest(behind.url)]);
    const [wanted, given] = await Promise.all([ask(direct.url, step), ask(endpoint.url, step)]);

    expect(comparable(given)).toEqual(comparable(wanted));
    expect(given.headers['x-amzn-requestid']).toMatch(/./);
    expect(given.headers['x-amz-crc32']).toBe(String(crc32(given.bytes)));
    // A second time, it may come from memory.
    if (step.operation.endsWith('GetItem')) {
      expect(comparable(await ask(endpoint.url, step))).toEqual(comparable(wanted));
    }
  });

  it('every operation that dynalite knows is on the tour', () => {
    const known = readdirSync(new URL('../../node_modules/dynalite/actions/', import.meta.url)).map((file) =>
      file.replace('.js', '').toLowerCase(),
    );
    const visited = new Set(TOUR.map(({ operation }) => operation.toLowerCase()));

    expect(known.length).toBeGreaterThan(15);
    expect(known.filter((operation) => !visited.has(operation))).toEqual([]);
  });
});
