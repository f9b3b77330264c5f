import { DynamoDbItemSource } from '../../../src/adapters/dynamodb/dynamodb-item-source.ts';
import type { DynamoDbUpstream } from '../../../src/adapters/dynamodb/dynamodb-upstream.ts';
import { PLAIN, TYPED } from '../../../src/domain/dynamodb/json/dynamodb-json.ts';
import { plainJson } from '../../../src/domain/dynamodb/json/item-bodies.ts';
import { KeyCodec } from '../../../src/domain/dynamodb/model/key-codec.ts';
import type { ItemSourceSubject } from '../../contracts/item-source.contract.ts';
import { FakeClock } from '../fakes/fake-clock.ts';
import type { DynamoDbServer } from './dynamodb-server.ts';
import { tableSpec } from './table-spec.ts';
import { upstreamTo } from './upstream-to.ts';

let tables = 0;

/** A source of one table of its own in a DynamoDB that others use too. */
export const startSourceSubject = async (server: DynamoDbServer): Promise<ItemSourceSubject> => {
  tables += 1;
  const spec = tableSpec({ name: `Things-${tables}`, hashKey: { name: 'id', type: 'S' } });
  const codec = new KeyCodec(spec);
  const clock = new FakeClock();
  const source = (table: string): readonly [DynamoDbItemSource, DynamoDbUpstream] => {
    const upstream = upstreamTo({ region: 'us-east-1', endpoint: server.endpoint }, clock);
    return [new DynamoDbItemSource([{ ...spec, table }], upstream, clock), upstream];
  };
  const [there, upstream] = source(spec.table);
  const [notThere, otherUpstream] = source(`Missing-${tables}`);
  let current = there;
  const callsBefore = server.requests.length;
  await server.createTable(spec);
  return {
    source: {
      batchLimit: there.batchLimit,
      read: (key, want) => current.read(key, want),
      readMany: (keys, want) => current.readMany(keys, want),
      readGroup: (group, cursor, want) => current.readGroup(group, cursor, want),
    },
    clock,
    contentTypes: [PLAIN, TYPED],
    group: spec.name,
    keyOf: (id) => codec.fromText(id),
    put: async (key, bytes) => {
      const item = { ...codec.toAttributes(key), text: { S: 'x'.repeat(bytes) } };
      await server.put(spec.table, item);
      return { [PLAIN]: plainJson(item), [TYPED]: JSON.stringify(item) };
    },
    remove: (key) => server.deleteItem(spec.table, codec.toAttributes(key)),
    calls: () => server.requests.length - callsBefore,
    hold: () => server.hold(),
    refuse: async () => {
      current = notThere;
    },
    disconnect: () => server.stop(),
    close: async () => {
      upstream.close();
      otherUpstream.close();
      await server.stop();
      await server.restart();
    },
  };
};
