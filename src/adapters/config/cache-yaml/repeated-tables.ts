import type { YamlOutline } from '../yaml/yaml-outline.ts';
import type { PlacedEntry } from './cache-yaml-entries.ts';
import { listsKeys } from './listed-keys.ts';

/** The entries of one table in the order of the file; the first describes it, all others add keys. */
export type TableEntries = readonly [PlacedEntry, ...PlacedEntry[]];

const KEY_NAMES: readonly string[] = ['name', 'hashKeyValue', 'sortKeyValue', 'keys'];
const DEFAULTS = { hashKeyType: 'S', sortKeyType: 'S', consistentRead: false, mode: 'serve' };

/** Reports to `outline` every entry that does more to a table described before than adding keys. */
export const reportRepetition = (
  tables: readonly TableEntries[],
  outline: YamlOutline,
  functionRegion: string | undefined,
): void => {
  const seen = new Map<string, PlacedEntry>();
  for (const [first, ...repeats] of tables) {
    for (const repeat of repeats) reportRepeat(first, repeat, outline, functionRegion);
    if (!first.isNamed || !first.isSure('region')) continue;
    const place = JSON.stringify([first.entry.table, first.entry.region ?? functionRegion]);
    const other = seen.get(place);
    if (other === undefined) seen.set(place, first);
    else reportSecondName(other, first, outline);
  }
};

const reportRepeat = (
  first: PlacedEntry,
  repeat: PlacedEntry,
  outline: YamlOutline,
  functionRegion: string | undefined,
): void => {
  const { entry, path } = repeat;
  const line = outline.lineOf(first.path);
  if (entry.table !== first.entry.table) {
    if (!first.isSure('table') || !repeat.isSure('table')) return;
    const name = entry.name === undefined ? 'table' : 'name';
    const problem = `which names table "${first.entry.table}" on line ${line} already; allowed: another name`;
    outline.report([...path, name], `is "${repeat.name}", ${problem}`);
    return;
  }
  const known = new Map<string, unknown>(
    Object.entries({ region: functionRegion, ...DEFAULTS, ...first.entry }),
  );
  let differs = false;
  for (const [name, value] of Object.entries(entry)) {
    if (KEY_NAMES.includes(name) || !first.isSure(name)) continue;
    if (JSON.stringify(value) === JSON.stringify(known.get(name))) continue;
    differs = true;
    const given = outline.givenAt([...path, name]);
    outline.report(
      [...path, name],
      `is ${given}, other than where "${repeat.name}" is described, on line ${line}; allowed: adding keys`,
    );
  }
  if (differs || listsKeys(repeat) || !repeat.isSure('keys', 'hashKeyValue')) return;
  outline.report(path, `repeats "${repeat.name}" of line ${line}; allowed: adding keys`);
};

const reportSecondName = (first: PlacedEntry, second: PlacedEntry, outline: YamlOutline): void => {
  const line = outline.lineOf(first.path);
  outline.report(
    second.path,
    `calls table "${second.entry.table}" "${second.name}", which line ${line} calls "${first.name}"; allowed: one name in each region`,
  );
};
