import type { EntryKey } from '../../../src/domain/cache/cache-entry.ts';
import type { Application } from './create-application.ts';

/** Puts the keys into the source and, by a read, into memory, with the text `v1`. */
export const fill = async ({ source, read }: Application, ...keys: readonly EntryKey[]): Promise<void> => {
  for (const each of keys) {
    source.put(each, 'v1');
    await read(each);
  }
};
