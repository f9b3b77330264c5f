import type { TableSpec } from '../../../domain/dynamodb/model/table-spec.ts';
import { isObject, type JsonObject } from '../../../domain/json/json-object.ts';
import { JOURNAL_IS_MISSING } from '../environment/shared-state-settings.ts';
import { MAX_ROLES } from '../role-settings.ts';
import type { Finding, Path, YamlDocument } from '../yaml/yaml-node.ts';
import { YamlOutline } from '../yaml/yaml-outline.ts';
import { readEntries } from './cache-yaml-entries.ts';
import { cacheYamlSchema, shapeOf } from './cache-yaml-schema.ts';
import { type TableDefaults, tableSpecs } from './table-specs.ts';
import type { SectionValues, YamlSection } from './yaml-section.ts';

/** The contents of `cache.yaml`. If it has problems, `tables` is incomplete. */
export interface CacheYaml extends SectionValues {
  readonly tables: readonly TableSpec[];
  /** Each with file, line and column, the given value, and the allowed values. */
  readonly problems: readonly string[];
}

/** More would not fit into a log line. */
const MAX_PROBLEMS = 100;

/**
 * Reads the document of the file at `path`. Never throws.
 *
 * @param declared the sections that the file may have besides `dynamodb`
 */
export const readCacheYaml = (
  path: string,
  { contents, findings, lines }: YamlDocument,
  defaults: TableDefaults,
  declared: readonly YamlSection[] = [],
): CacheYaml => {
  const located = ({ offset, text: problem }: Finding): string => {
    const { line, column } = lines.placeOf(offset);
    return `${path}:${line}:${column}: ${problem}`;
  };
  if (findings.length > 0) return { tables: [], problems: inOrder(findings, located) };
  const schema = cacheYamlSchema(declared);
  const outline = new YamlOutline(contents, lines, shapeOf(schema));
  const tables = tableSpecs(readEntries(outline, schema), outline, defaults);
  reportRoles(outline);
  const { dynamodb: _, ...sections } = isObject(outline.value) ? outline.value : {};
  if (defaults.journal === undefined) reportCoherence(sections, outline);
  const given = Object.keys(sections).length === 0 ? {} : { sections };
  return { tables, ...given, problems: inOrder(outline.findings, located) };
};

/** Reports each valid coherence of sections that are lists or have `items`, because there is no journal. */
const reportCoherence = (sections: object, outline: YamlOutline): void => {
  const invalid = new Set(outline.findings.map(({ path }) => JSON.stringify(path)));
  for (const [name, section] of Object.entries(sections)) {
    for (const path of coherencePaths(section, [name])) {
      if (!invalid.has(JSON.stringify(path)))
        outline.report(path, `is ${outline.givenAt(path)}, but ${JOURNAL_IS_MISSING}`);
    }
  }
};

/** The paths of all settings of coherence but `ttl`. */
const coherencePaths = (value: unknown, path: Path): readonly Path[] => {
  if (Array.isArray(value))
    return value.flatMap((each: unknown, index) => coherencePaths(each, [...path, index]));
  if (!isObject(value)) return [];
  const { coherence = 'ttl', items } = value;
  return [
    ...(coherence === 'ttl' ? [] : [[...path, 'coherence']]),
    ...coherencePaths(items, [...path, 'items']),
  ];
};

const inOrder = (findings: readonly Finding[], located: (finding: Finding) => string): readonly string[] => {
  const problems = [...findings].sort((one, other) => one.offset - other.offset).map(located);
  const surplus = problems.length - MAX_PROBLEMS;
  return surplus <= 0 ? problems : [...problems.slice(0, MAX_PROBLEMS), `and ${surplus} more problems`];
};

/** Reports settings of a role without a role, and more roles than are allowed, in all sections. */
const reportRoles = (outline: YamlOutline): void => {
  const roles = new Set<string>();
  for (const [section, value] of Object.entries(isObject(outline.value) ? outline.value : {})) {
    const { items, ...defaults } = isObject(value) ? value : { items: value };
    const above: Path = isObject(value) ? [section, 'items'] : [section];
    const entries = Array.isArray(items) ? items.filter(isObject) : [];
    if (![defaults, ...entries].some(hasRole)) reportLoneSettings([section], defaults, outline);
    for (const [index, entry] of (Array.isArray(items) ? items : []).entries()) {
      if (!isObject(entry)) continue;
      const path = [...above, index];
      const merged: JsonObject = { ...defaults, ...entry };
      if (!hasRole(merged)) {
        reportLoneSettings(path, entry, outline);
        continue;
      }
      const { roleArn, externalId, sessionName } = merged;
      roles.add(JSON.stringify([roleArn, externalId, sessionName]));
      if (roles.size > MAX_ROLES) {
        outline.report([...path, 'roleArn'], TOO_MANY_ROLES);
        return;
      }
    }
  }
};

const TOO_MANY_ROLES = `is one role too many; allowed: at most ${MAX_ROLES} roles in the whole file. The same roleArn with another externalId or sessionName is another role`;

const hasRole = ({ roleArn }: JsonObject): boolean => roleArn !== undefined;

const reportLoneSettings = (path: Path, settings: JsonObject, outline: YamlOutline): void => {
  for (const name of ['externalId', 'sessionName']) {
    if (settings[name] !== undefined) {
      outline.report([...path, name], 'is set without roleArn; allowed: both or neither');
    }
  }
};
