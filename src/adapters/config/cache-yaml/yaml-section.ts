import * as v from 'valibot';
import type { Coherence } from '../../../domain/cache/coherence.ts';
import { isObject } from '../../../domain/json/json-object.ts';
import type { Path } from '../yaml/yaml-node.ts';
import { yesOrNo } from './cache-yaml-values.ts';

/**
 * A section of `cache.yaml` besides `dynamodb`. A file may omit it.
 *
 * @example
 * new YamlSection('greetings', v.strictObject({ language: v.string('a language') }, 'a mapping with language'));
 */
export class YamlSection<Schema extends v.GenericSchema = v.GenericSchema> {
  readonly name: string;
  /** Receives every scalar as text. Its names are the allowed ones; its messages say which values are allowed. */
  readonly schema: Schema;

  constructor(name: string, schema: Schema) {
    this.name = name;
    this.schema = schema;
  }

  /** The value of the section; undefined if `cache.yaml` omits it. */
  valueIn({ sections = {} }: SectionValues): v.InferOutput<Schema> | undefined {
    const value = sections[this.name];
    return value === undefined ? undefined : v.parse(this.schema, value);
  }
}

/** The sections besides `dynamodb`, by name. Each is valid, and as `cache.yaml` has it. */
export interface SectionValues {
  readonly sections?: Readonly<Record<string, unknown>>;
}

/** How the entries of a list section are checked. */
interface EntryRules<Entry, Defaults> {
  readonly entry: Entry;
  /** The settings of an entry that the section may have as well, for all of its entries. */
  readonly defaults: Defaults;
  /** Groups of settings with names. A name may occur only once in all settings of a group. */
  readonly named: readonly (readonly string[])[];
}

/** A list of entries, or a mapping with the list as `items` and settings of the whole section. */
type ListSection<Entry extends v.GenericSchema, Defaults extends v.ObjectEntries> =
  | v.InferOutput<Entry>[]
  | (v.InferOutput<v.StrictObjectSchema<Defaults, string>> & {
      items?: v.InferOutput<Entry>[];
      onDemand?: boolean;
    });

/**
 * A section that is a list of entries, or a mapping with the list as `items` and settings of the whole section: defaults
 * of its entries, and whether what is not listed is served.
 *
 * @param noun what an entry names, such as `parameter`
 */
export const listSection = <const Entry extends v.GenericSchema, const Defaults extends v.ObjectEntries>(
  { entry, defaults, named }: EntryRules<Entry, Defaults>,
  noun: string,
  description: string,
  // Without this type, TypeScript writes a declaration that it cannot read.
): v.GenericSchema<unknown, ListSection<Entry, Defaults>> => {
  const items = v.array(entry, `a list of ${noun}s`);
  const filled = `a list of at least one ${noun}`;
  const rule = `${filled}, or a mapping with items`;
  return v.pipe(
    v.union(
      [
        v.pipe(items, v.nonEmpty(filled)),
        rejectingLists(
          v.strictObject(
            {
              items: v.exactOptional(items),
              onDemand: v.exactOptional(
                yesOrNo('Whether what is not listed is served as well, if the role may read it.', true),
              ),
              ...defaults,
            },
            rule,
          ),
        ),
      ],
      rule,
    ),
    v.description(description),
    v.rawCheck(({ dataset: { value }, addIssue }) => {
      for (const [first, ...more] of repetitionsIn(value, named)) {
        if (first !== undefined) addIssue({ message: ONCE, path: [pathItem(first), ...more.map(pathItem)] });
      }
    }),
  );
};

/** Valibot takes a list for an object, because JavaScript does. */
export const rejectingLists = <Schema extends v.GenericSchema>(schema: Schema): Schema => ({
  ...schema,
  '~run': (dataset, config) =>
    schema['~run'](Array.isArray(dataset.value) ? { ...dataset, value: undefined } : dataset, config),
});

/** Also in entries with different regions, because requests name no region. */
const ONCE = 'each name once; for several regions, ARNs';

/** The places of names that occur earlier in the section. */
const repetitionsIn = (section: unknown, named: readonly (readonly string[])[]): readonly Path[] => {
  const seen = new Set<string>();
  const repeated: Path[] = [];
  for (const [path, entry] of elementsOf(isObject(section) ? section.items : section)) {
    const root = isObject(section) ? ['items', ...path] : path;
    for (const [group, settings] of named.entries()) {
      for (const setting of isObject(entry) ? settings : []) {
        for (const [below, text] of elementsOf(isObject(entry) ? entry[setting] : undefined)) {
          const name = `${group} ${spelledOnce(setting, String(text))}`;
          if (seen.has(name)) repeated.push([...root, setting, ...below]);
          seen.add(name);
        }
      }
    }
  }
  return repeated;
};

/** A slash at the end does not make a path another one. The name of a secret may end with one. */
const spelledOnce = (setting: string, text: string): string =>
  setting === 'path' ? text.replace(/\/$/, '') : text;

/** The elements of a list with their paths, or the value itself. */
const elementsOf = (value: unknown): readonly (readonly [path: Path, element: unknown])[] => {
  if (Array.isArray(value)) return value.map((element: unknown, index) => [[index], element]);
  return value === undefined ? [] : [[[], value]];
};

/** One step of the path of an issue. */
export const pathItem = (key: Path[number]): v.UnknownPathItem => ({
  type: 'unknown',
  origin: 'value',
  input: undefined,
  key,
  value: undefined,
});

/** What a list section lists, and whether what it does not list is served as well. */
export interface ListedEntries<Listed> {
  readonly listed: readonly Listed[];
  readonly onDemand: boolean;
  /** Of the values that are not listed; absent: `ttl`. */
  readonly coherence?: Coherence;
}

/** What all kinds of entries may set, as far as it concerns what the section does not list. */
interface EntrySettings {
  readonly region?: string | undefined;
  readonly coherence?: Coherence | undefined;
}

/**
 * Converts the entries of a list section, each with the defaults of the section. Returns undefined if there is no section.
 */
export const listedIn = <Entry extends EntrySettings, Listed>(
  section: readonly Entry[] | (Partial<Entry> & { items?: readonly Entry[]; onDemand?: boolean }) | undefined,
  listedOf: (entry: Entry) => Listed,
): ListedEntries<Listed> | undefined => {
  if (section === undefined) return undefined;
  if (isList(section)) return { listed: section.map(listedOf), onDemand: true };
  const { items = [], onDemand = true, ...defaults } = section;
  const { coherence } = defaults;
  return {
    listed: items.map((entry) => listedOf({ ...defaults, ...entry })),
    onDemand,
    ...(coherence === undefined ? {} : { coherence }),
  };
};

const isList = <Entry>(section: readonly Entry[] | object): section is readonly Entry[] =>
  Array.isArray(section);
