import { DynamoDbJournal } from '../../../src/adapters/dynamodb/journal/dynamodb-journal.ts';
import { JOURNAL_KEY } from '../../../src/adapters/dynamodb/journal/journal-item.ts';
import { SystemRandom } from '../../../src/adapters/system/system.ts';
import type { AttributeMap } from '../../../src/domain/dynamodb/json/dynamodb-json.ts';
import type { JournalSubject } from '../../contracts/invalidation-journal.contract.ts';
import { FakeClock } from '../fakes/fake-clock.ts';
import { FAULTS } from '../faults/faults.ts';
import type { DynamoDbServer } from './dynamodb-server.ts';
import { upstreamTo } from './upstream-to.ts';
import { callDynamoDb } from './wire.ts';

/** A journal in a table of its own, in a DynamoDB that others use too. */
export interface DynamoDbJournalSubject extends JournalSubject {
  readonly table: string;
  readonly clock: FakeClock;
  /** All items of the table, by number of the page. */
  items(): Promise<readonly AttributeMap[]>;
  put(item: AttributeMap): Promise<void>;
}

let tables = 0;

export const createJournalTable = (server: DynamoDbServer, table: string): Promise<void> =>
  server.createTable({
    table,
    hashKey: { name: JOURNAL_KEY.scope, type: 'S' },
    sortKey: { name: JOURNAL_KEY.page, type: 'N' },
  });

export const startJournalSubject = async (server: DynamoDbServer): Promise<DynamoDbJournalSubject> => {
  tables += 1;
  const table = `Journal-${tables}`;
  await createJournalTable(server, table);
  server.proxy.forget();
  const clock = new FakeClock();
  const upstreams: ReturnType<typeof upstreamTo>[] = [];
  const items = async (): Promise<readonly AttributeMap[]> => {
    const input = { TableName: table, ConsistentRead: true };
    const { Items } = JSON.parse(await callDynamoDb(server.directEndpoint, 'Scan', input));
    return Items;
  };
  return {
    table,
    clock,
    items,
    put: (item) => server.put(table, item),
    journal: (settings) => {
      const upstream = upstreamTo({ region: 'us-east-1', endpoint: server.endpoint }, clock);
      upstreams.push(upstream);
      return new DynamoDbJournal({ table, upstream, clock, random: new SystemRandom(), ...settings });
    },
    reset: async () => {
      for (const { table: scope, page } of await items()) {
        if (scope !== undefined && page !== undefined) await server.deleteItem(table, { table: scope, page });
      }
    },
    hold: () => server.hold(),
    throttle: () => server.proxy.inject({ fault: FAULTS.throttle, operation: 'Query' }),
    loseNextAnswer: () => server.proxy.inject({ fault: FAULTS['reset-midway'], times: 1 }),
    refuse: () => server.proxy.inject({ fault: FAULTS['access-denied'] }),
    disconnect: () => server.stop(),
    close: async () => {
      for (const upstream of upstreams) upstream.close();
      server.proxy.heal();
      await server.stop();
      await server.restart();
    },
  };
};
