/** The result of selecting flags from a configuration. */
export type FlagSelection =
  | { readonly outcome: 'selected'; readonly json: string }
  /** These flags do not exist, or their values are not objects. */
  | { readonly outcome: 'no-such-flag'; readonly flags: readonly string[] }
  /** Some of the flags have variants, which only AppConfig's agent can evaluate. */
  | { readonly outcome: 'variants' };

/**
 * Selects feature flags as AppConfig's agent does. One flag gives its value with the white space inside it; several give a
 * compact object, in the order of the request. A configuration that is not a JSON object has no flags.
 *
 * @param values the text of each value of the configuration, by name
 * @param flags the requested flags, at least one
 */
export const selectFlags = (values: ReadonlyMap<string, string>, flags: readonly string[]): FlagSelection => {
  const selected = new Map<string, string>();
  const missing = new Set<string>();
  for (const flag of flags) {
    const value = values.get(flag);
    if (value?.startsWith('{')) selected.set(flag, value);
    else missing.add(flag);
  }
  if (missing.size > 0) return { outcome: 'no-such-flag', flags: [...missing] };
  if ([...selected.values()].some(hasVariants)) return { outcome: 'variants' };
  const [first = ''] = selected.values();
  if (flags.length === 1) return { outcome: 'selected', json: first };
  const members = [...selected].map(([flag, value]) => `${JSON.stringify(flag)}:${compact(value)}`);
  return { outcome: 'selected', json: `{${members.join(',')}}` };
};

/** AppConfig marks the value of a flag with variants by this attribute. */
const hasVariants = (value: string): boolean => {
  const attributes: object = JSON.parse(value);
  return Object.hasOwn(attributes, '_variant');
};

const STRING_OR_SPACE = /("[^"\\]*(?:\\.[^"\\]*)*")|[ \t\r\n]+/g;

/** Removes white space as text: parsing and writing the value would change its numbers. */
const compact = (json: string): string => json.replace(STRING_OR_SPACE, '$1');
