import * as v from 'valibot';
import { cacheYamlSchema, type TableEntry, tableEntrySchema } from './cache-yaml-schema.ts';
import type { YamlOutline } from './yaml-outline.ts';
import type { Path } from './yaml-path.ts';

/** One entry of the list of tables that is right by itself, and where it stands. */
export interface PlacedEntry {
  readonly entry: TableEntry;
  readonly path: Path;
}

const listSchema = v.object({ dynamodb: v.array(v.unknown()) });
const namedSchema = v.object({ table: v.exactOptional(v.string()), name: v.exactOptional(v.string()) });

/** Reports what is wrong with each entry by itself, and gives those of the tables of which all entries are right. */
export const readEntries = (outline: YamlOutline): readonly PlacedEntry[] => {
  const result = v.safeParse(cacheYamlSchema, outline.value, { abortPipeEarly: true });
  const reported = new Set(outline.findings.map(({ path }) => JSON.stringify(path)));
  for (const issue of result.issues ?? []) {
    for (const { path, text } of complaints(issue, outline)) {
      if (!reported.has(JSON.stringify(path))) outline.report(path, text);
    }
  }
  const list = v.safeParse(listSchema, outline.value);
  const entries = list.success ? list.output.dynamodb : [];
  const wrong = new Set(outline.findings.map(({ path }) => path[1]));
  const doubtful = new Set(
    [...entries.keys()].filter((index) => wrong.has(index)).map((index) => nameOf(entries[index])),
  );
  return entries.flatMap((given, index) => {
    const parsed = v.safeParse(tableEntrySchema, given);
    if (!parsed.success || doubtful.has(nameOf(given))) return [];
    return [{ entry: parsed.output, path: ['dynamodb', index] }];
  });
};

/** By what a table is called, entries that belong together are told, right or wrong. */
const nameOf = (given: unknown): string | undefined => {
  const named = v.safeParse(namedSchema, given);
  return named.success ? (named.output.name ?? named.output.table) : undefined;
};

interface Complaint {
  readonly path: Path;
  readonly text: string;
}

const complaints = (
  issue: v.BaseIssue<unknown>,
  outline: YamlOutline,
  above: Path = [],
): readonly Complaint[] => {
  const path = [...above, ...pathOf(issue)];
  // Of the alternatives of a union the one is meant that got further.
  const nested = issue.type === 'union' ? (issue.issues ?? []).filter((each) => each.path !== undefined) : [];
  if (nested.length > 0) return nested.flatMap((each) => complaints(each, outline, path));
  const last = issue.path?.at(-1);
  if (last?.origin === 'key') {
    return [{ path: path.slice(0, -1), text: `has no ${String(last.key)}, which is required` }];
  }
  return [{ path, text: `is ${outline.givenAt(path)}; allowed: ${issue.message}` }];
};

const pathOf = (issue: v.BaseIssue<unknown>): Path =>
  (issue.path ?? []).map(({ key }) => (typeof key === 'number' ? key : String(key)));
