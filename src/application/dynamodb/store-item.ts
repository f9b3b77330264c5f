import type { EntryKey } from '../../domain/cache/entry-key.ts';
import { itemBodies } from '../../domain/dynamodb/json/item-bodies.ts';
import type { RawItem } from '../../domain/dynamodb/json/raw-answer.ts';
import type { ConfiguredTable } from '../../domain/dynamodb/model/configured-tables.ts';
import type { ExternalRead } from '../invalidation/side-load.ts';

/** Stores what DynamoDB said of a key, unless it cannot be read or is another key's item. */
export const storeItem = (
  read: ExternalRead,
  table: ConfiguredTable,
  key: EntryKey,
  item: RawItem | undefined,
): void => {
  if (item !== undefined && !table.isItem(item.attributes, key)) return;
  try {
    const bodies = item === undefined ? [] : itemBodies(item, table.projection.surplus, read.contentTypes);
    read.take({ key, bodies });
  } catch (error) {
    // The client gets it all the same: what it is may be clear to the SDK.
    if (!(error instanceof SyntaxError)) throw error;
  }
};
