import { COMMON_OPTIONS, type CommandSpec, type OptionSpec } from './command-specs.ts';
import type { NameFinder } from './tools.ts';
import { UsageError } from './usage-error.ts';

/** An option as it was typed. */
export interface GivenOption {
  /** Without dashes. */
  readonly name: string;
  /** With dashes. */
  readonly rawName: string;
  readonly value: string | undefined;
  /** Whether the value was joined to the name by `=`. */
  readonly isInline: boolean;
}

/**
 * The values of the options of a command, by name; an option without a value has an empty one.
 *
 * @throws {UsageError} about the first that the command does not have, has not in this form, or has twice
 */
export const optionValues = (
  given: readonly GivenOption[],
  command: CommandSpec,
  nearestName: NameFinder,
): ReadonlyMap<string, string> => {
  const known = [...command.options, ...COMMON_OPTIONS];
  const values = new Map<string, string>();
  for (const option of given) {
    const spec = known.find(({ name }) => name === option.name);
    if (spec === undefined) throw unknown(option, command, known, nearestName);
    if (values.has(spec.name)) throw new UsageError(`${option.rawName} is given twice`, command.name);
    values.set(spec.name, acceptedValue(option, spec, command));
  }
  return values;
};

const acceptedValue = (
  { rawName, value, isInline }: GivenOption,
  spec: OptionSpec,
  { name }: CommandSpec,
): string => {
  if (spec.value === undefined) {
    if (value === undefined) return '';
    throw new UsageError(`${rawName} takes no value`, name);
  }
  const { accepts, allowed } = spec.value;
  // What looks like another option is one, rather than a value.
  if (value === undefined || (!isInline && value.startsWith('-'))) {
    throw new UsageError(`${rawName} needs a value: ${allowed}`, name);
  }
  if (!accepts(value)) throw new UsageError(`${rawName} is ${shown(value)}; allowed: ${allowed}`, name);
  return value;
};

const unknown = (
  { name: given, rawName }: GivenOption,
  { name }: CommandSpec,
  known: readonly OptionSpec[],
  nearestName: NameFinder,
): UsageError => {
  const names = known.map((option) => option.name);
  const nearest = nearestName(given, names);
  const advice = nearest === undefined ? `allowed: --${names.join(', --')}` : `did you mean --${nearest}?`;
  return new UsageError(`${name} has no option ${shown(rawName)}; ${advice}`, name);
};

/** What was typed, on one line and of bearable length. */
export const shown = (text: string): string =>
  /^[\w./*:-]{1,80}$/.test(text) ? text : JSON.stringify(text.slice(0, 80));
