import type { EntryKey } from '../../../domain/cache/cache-entry.ts';
import { MalformedNameError } from '../../../domain/dynamodb/model/errors.ts';
import type { KeyCodec } from '../../../domain/dynamodb/model/key-codec.ts';
import type { Path } from '../yaml/yaml-node.ts';
import type { YamlOutline } from '../yaml/yaml-outline.ts';
import type { LocatedEntry } from './cache-yaml-entries.ts';

/** Whether the entry lists items to preload. */
export const listsKeys = ({ entry, keys }: LocatedEntry): boolean =>
  entry.hashKeyValue !== undefined || keys.length > 0;

/**
 * Returns the distinct keys that the entries of one table list. Reports keys that do not match the schema. Without a codec
 * the schema is unknown, and the result is empty.
 */
export const listedKeys = (
  table: readonly LocatedEntry[],
  codec: KeyCodec | undefined,
  outline: YamlOutline,
): readonly EntryKey[] => {
  const keys = new Map<string, EntryKey>();
  const add = (path: Path, hash: string, sort: string | undefined): void => {
    if (codec === undefined) return;
    try {
      const key = codec.fromText(hash, sort);
      keys.set(key.text, key);
    } catch (error) {
      if (!(error instanceof MalformedNameError)) throw error;
      outline.report(path, `is not a valid key: ${error.message}`);
    }
  };
  for (const placed of table) {
    const { path, entry } = placed;
    if (placed.hasNoProblemIn('hashKeyValue', 'sortKeyValue')) {
      if (entry.hashKeyValue !== undefined) {
        add([...path, 'hashKeyValue'], entry.hashKeyValue, entry.sortKeyValue);
      } else if (entry.sortKeyValue !== undefined) {
        outline.report([...path, 'sortKeyValue'], 'is set without hashKeyValue; allowed: both or neither');
      }
    }
    for (const { index, hash, sort } of placed.keys) add([...path, 'keys', index], hash, sort);
  }
  return [...keys.values()];
};
