import type { EntryKey } from '../../../domain/cache/cache-entry.ts';
import { MalformedNameError } from '../../../domain/dynamodb/model/errors.ts';
import type { KeyCodec } from '../../../domain/dynamodb/model/key-codec.ts';
import type { Path } from '../yaml/yaml-node.ts';
import type { YamlOutline } from '../yaml/yaml-outline.ts';
import type { PlacedEntry } from './cache-yaml-entries.ts';

/** Whether the entry names items to preload. */
export const listsKeys = ({ entry, keys }: PlacedEntry): boolean =>
  entry.hashKeyValue !== undefined || keys.length > 0;

/**
 * The items that the entries of one table name, each once. Those that do not fit its schema are reported; without a codec
 * the schema is not known.
 */
export const listedKeys = (
  table: readonly PlacedEntry[],
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
      outline.report(path, `names no item: ${error.message}`);
    }
  };
  for (const placed of table) {
    const { path, entry } = placed;
    if (placed.isSure('hashKeyValue', 'sortKeyValue')) {
      if (entry.hashKeyValue !== undefined) {
        add([...path, 'hashKeyValue'], entry.hashKeyValue, entry.sortKeyValue);
      } else if (entry.sortKeyValue !== undefined) {
        outline.report([...path, 'sortKeyValue'], 'stands without hashKeyValue; allowed: both or neither');
      }
    }
    for (const { index, hash, sort } of placed.keys) add([...path, 'keys', index], hash, sort);
  }
  return [...keys.values()];
};
