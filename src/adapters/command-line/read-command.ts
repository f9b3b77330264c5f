import { parseArgs } from 'node:util';
import {
  COMMANDS,
  COMMON_OPTIONS,
  type Command,
  type CommandName,
  type CommandSpec,
  DEFAULT_PATH,
  HELP,
  type NameFinder,
  type OptionSpec,
} from './command-specs.ts';

/**
 * Reads the arguments after the name of the program.
 *
 * @throws {UsageError}
 */
export const readCommand = (args: readonly string[], nearestName: NameFinder): Command => {
  const { options, words } = parsed(args);
  const [name, path, surplus] = words;
  const wants = (option: string): boolean => options.some((given) => given.name === option);
  const spec = name === undefined ? undefined : COMMANDS.find((each) => each.name === name);
  if (wants('help')) return { kind: 'help', of: spec?.name };
  if (name === undefined && wants('version')) return { kind: 'version' };
  if (name === HELP) return helpOf(words.slice(1), options, nearestName);
  if (spec === undefined) throw noCommand(name, options, nearestName);
  const values = optionValues(options, spec, nearestName);
  if (values.has('version')) return { kind: 'version' };
  if (surplus !== undefined) {
    throw new UsageError(`${spec.name} takes one file, and ${shown(surplus)} is another`, spec.name);
  }
  if (path === '') throw new UsageError('the name of the file is empty', spec.name);
  return commandOf(spec.name, path, values);
};

/** Reads what stands behind the command `help`. */
const helpOf = (
  [name, surplus]: readonly string[],
  [option]: readonly GivenOption[],
  nearestName: NameFinder,
): Command => {
  if (option !== undefined)
    throw new UsageError(`${HELP} has no option ${shown(option.rawName)}; allowed: none`);
  if (surplus !== undefined)
    throw new UsageError(`${HELP} takes one command, and ${shown(surplus)} is another`);
  const spec = COMMANDS.find((each) => each.name === name);
  if (name !== undefined && name !== HELP && spec === undefined) throw noCommand(name, [], nearestName);
  return { kind: 'help', of: spec?.name };
};

const commandOf = (
  name: CommandName,
  path: string | undefined,
  values: ReadonlyMap<string, string>,
): Command => {
  switch (name) {
    case 'validate':
      return { kind: name, path: path ?? DEFAULT_PATH };
    case 'policy': {
      const scope = Object.fromEntries(
        [...values].filter(([option]) => ['region', 'account', 'partition'].includes(option)),
      );
      return { kind: name, path: path ?? DEFAULT_PATH, preloads: !values.has('no-preload'), scope };
    }
    case 'start':
      if (path === '-') throw new UsageError('start needs a file, and cannot read standard input', name);
      return { kind: name, path, port: values.get('port') };
  }
};

const noCommand = (
  name: string | undefined,
  [option]: readonly GivenOption[],
  nearestName: NameFinder,
): UsageError => {
  const names = [...COMMANDS.map((command) => command.name), HELP];
  const allowed = `allowed: ${names.join(', ')}`;
  if (name === undefined) {
    return new UsageError(
      `there is no command${option === undefined ? '' : ` beside ${shown(option.rawName)}`}; ${allowed}`,
    );
  }
  const nearest = nearestName(name, names);
  const advice = nearest === undefined ? allowed : `did you mean ${nearest}?`;
  return new UsageError(`there is no command ${shown(name)}; ${advice}`);
};

/** Tells apart what was typed. What takes a value is known by all options of all commands. */
const parsed = (args: readonly string[]) => {
  const specs = [...COMMANDS.flatMap(({ options }: CommandSpec) => options), ...COMMON_OPTIONS];
  const { tokens } = parseArgs({
    args: [...args],
    // Node's own messages name no alternatives, so that all is checked here.
    strict: false,
    tokens: true,
    options: Object.fromEntries(
      specs.map(({ name, short, value }) => [
        name,
        { type: value === undefined ? 'boolean' : 'string', ...(short === undefined ? {} : { short }) },
      ]),
    ),
  });
  const options: GivenOption[] = [];
  const words: string[] = [];
  for (const token of tokens) {
    if (token.kind === 'positional') words.push(token.value);
    if (token.kind === 'option') {
      options.push({
        name: token.name,
        rawName: token.rawName,
        value: token.value,
        isInline: token.inlineValue === true,
      });
    }
  }
  return { options, words };
};

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

/** The command line cannot be understood; the message says why, and what to write instead. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
  /** The command that was meant, as far as it was understood. */
  readonly command: CommandName | undefined;

  constructor(message: string, command?: CommandName) {
    super(message);
    this.command = command;
  }
}
