import type { EntryKey } from '../../domain/cache/entry-key.ts';
import type { ItemSource, ReadOptions } from '../../ports/outbound/item-source.ts';
import type { RecentWrites } from './recent-writes.ts';

/** The source as all who fill the cache see it: asked consistently about what was written of late. */
export const consistentAfterWrite = (source: ItemSource, marks: RecentWrites): ItemSource => {
  const consistently = (want: ReadOptions, isNeeded: boolean): ReadOptions =>
    isNeeded ? { ...want, consistent: true } : want;
  const isRecent = (key: EntryKey) => marks.isRecent(key);
  const { batchLimit, readMany, checkGroup, readGroup, dropConnections } = source;
  return {
    read: (key, want) => source.read(key, consistently(want, isRecent(key))),
    ...(batchLimit === undefined ? {} : { batchLimit }),
    ...(readMany && {
      readMany: (keys, want) => readMany.call(source, keys, consistently(want, keys.some(isRecent))),
    }),
    ...(checkGroup && { checkGroup: (group, want) => checkGroup.call(source, group, want) }),
    ...(readGroup && {
      readGroup: (group, cursor, want) =>
        readGroup.call(source, group, cursor, consistently(want, marks.isGroupRecent(group))),
    }),
    ...(dropConnections && { dropConnections: () => dropConnections.call(source) }),
  };
};
