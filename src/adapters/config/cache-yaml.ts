import type { TableSpec } from '../../domain/dynamodb/table-spec.ts';
import { readEntries } from './cache-yaml-entries.ts';
import { cacheYamlShape } from './cache-yaml-schema.ts';
import { type TableDefaults, tableSpecs } from './table-specs.ts';
import { type Finding, readYaml } from './yaml-document.ts';
import { YamlOutline } from './yaml-outline.ts';

/** What `cache.yaml` says; if there are problems, `tables` is incomplete. */
export interface CacheYaml {
  readonly tables: readonly TableSpec[];
  /** Each names file, line and column, what was given, and what is allowed. */
  readonly problems: readonly string[];
}

/** No log line has room for more. */
const MAX_PROBLEMS = 100;

/** Reads the text of `cache.yaml`. Never throws, whatever the text. */
export const readCacheYaml = (path: string, text: string, defaults: TableDefaults): CacheYaml => {
  const { contents, findings, lines } = readYaml(text);
  const located = ({ offset, text: problem }: Finding): string => {
    const { line, col } = lines.linePos(offset);
    return `${path}:${line}:${col}: ${problem}`;
  };
  if (findings.length > 0) return { tables: [], problems: inOrder(findings, located) };
  const outline = new YamlOutline(contents, lines, cacheYamlShape);
  const tables = tableSpecs(readEntries(outline), outline, defaults);
  return { tables, problems: inOrder(outline.findings, located) };
};

const inOrder = (findings: readonly Finding[], located: (finding: Finding) => string): readonly string[] => {
  const problems = [...findings].sort((one, other) => one.offset - other.offset).map(located);
  const surplus = problems.length - MAX_PROBLEMS;
  return surplus <= 0 ? problems : [...problems.slice(0, MAX_PROBLEMS), `and ${surplus} more of the like`];
};
