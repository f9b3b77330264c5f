import { parseArgs } from 'node:util';
import {
  COMMANDS,
  COMMON_OPTIONS,
  type Command,
  type CommandName,
  type CommandSpec,
  DEFAULT_PATH,
  HELP,
  JOURNAL_ACTIONS,
  type JournalAction,
  type NameFinder,
} from './command-specs.ts';
import { estimateInput } from './estimate-command.ts';
import type { OptionSpec } from './option-spec.ts';

/**
 * Parses the arguments after the name of the program.
 *
 * @throws {UsageError} if they are invalid
 */
export const readCommand = (args: readonly string[], nearestName: NameFinder): Command => {
  const { options, words } = parseArguments(args);
  const [name, path, surplus] = words;
  const wants = (option: string): boolean => options.some((given) => given.name === option);
  const spec = name === undefined ? undefined : COMMANDS.find((each) => each.name === name);
  if (wants('help')) return { kind: 'help', of: spec?.name };
  if (name === undefined && wants('version')) return { kind: 'version' };
  if (name === HELP) return helpOf(words.slice(1), options, nearestName);
  if (spec === undefined) throw unknownCommand(name, options, nearestName);
  const values = optionValues(options, spec, nearestName);
  if (values.has('version')) return { kind: 'version' };
  if (spec.actions?.length === 0 && path !== undefined) {
    throw new UsageError(`${spec.name} takes only options; unexpected argument ${shown(path)}`, spec.name);
  }
  if (surplus !== undefined) {
    const operand = spec.actions === undefined ? 'file' : 'action';
    throw new UsageError(
      `${spec.name} takes one ${operand}; unexpected argument ${shown(surplus)}`,
      spec.name,
    );
  }
  if (spec.name === 'journal') {
    return { kind: 'journal', action: journalAction(path, nearestName), table: values.get('table') };
  }
  if (path === '') throw new UsageError('the name of the file is empty', spec.name);
  return commandOf(spec.name, path, values);
};

/** Parses the arguments after the command `help`. */
const helpOf = (
  [name, surplus]: readonly string[],
  [option]: readonly GivenOption[],
  nearestName: NameFinder,
): Command => {
  if (option !== undefined)
    throw new UsageError(`${HELP} has no option ${shown(option.rawName)}; allowed: none`);
  if (surplus !== undefined)
    throw new UsageError(`${HELP} takes one command; unexpected argument ${shown(surplus)}`);
  const spec = COMMANDS.find((each) => each.name === name);
  if (name !== undefined && name !== HELP && spec === undefined) throw unknownCommand(name, [], nearestName);
  return { kind: 'help', of: spec?.name };
};

const journalAction = (given: string | undefined, nearestName: NameFinder): JournalAction => {
  const action = JOURNAL_ACTIONS.find((each) => each === given);
  if (action !== undefined) return action;
  const allowed = `allowed: ${JOURNAL_ACTIONS.join(', ')}`;
  if (given === undefined) throw new UsageError(`journal needs an action; ${allowed}`, 'journal');
  const nearest = nearestName(given, JOURNAL_ACTIONS);
  const advice = nearest === undefined ? allowed : `did you mean ${nearest}?`;
  throw new UsageError(`unknown action ${shown(given)} of journal; ${advice}`, 'journal');
};

const commandOf = (
  name: Exclude<CommandName, 'journal'>,
  path: string | undefined,
  values: ReadonlyMap<string, string>,
): Command => {
  switch (name) {
    case 'validate':
      return { kind: name, path: path ?? DEFAULT_PATH };
    case 'policy': {
      const scope = Object.fromEntries(
        [...values].filter(([option]) => ['region', 'account', 'partition', 'journal'].includes(option)),
      );
      const kmsKeys = values.get('kms-key')?.split(',');
      const functionRole = values.get('function-role');
      const targetAccount = values.get('target-account');
      return {
        kind: name,
        path: path ?? DEFAULT_PATH,
        preloads: !values.has('no-preload'),
        scope: {
          ...scope,
          ...(kmsKeys === undefined ? {} : { kmsKeys }),
          ...(functionRole === undefined ? {} : { functionRole }),
        },
        ...(targetAccount === undefined ? {} : { targetAccount }),
      };
    }
    case 'start':
      if (path === '-')
        throw new UsageError('start cannot read standard input; give the path of a file', name);
      return { kind: name, path, port: values.get('port') };
    case 'estimate':
      return {
        kind: name,
        input: estimateInput(values),
        pricesPath: values.get('prices'),
        asJson: values.has('json'),
      };
  }
};

const unknownCommand = (
  name: string | undefined,
  [option]: readonly GivenOption[],
  nearestName: NameFinder,
): UsageError => {
  const names = [...COMMANDS.map((command) => command.name), HELP];
  const allowed = `allowed: ${names.join(', ')}`;
  if (name === undefined) {
    return new UsageError(
      `no command is given${option === undefined ? '' : ` with ${shown(option.rawName)}`}; ${allowed}`,
    );
  }
  const nearest = nearestName(name, names);
  const advice = nearest === undefined ? allowed : `did you mean ${nearest}?`;
  return new UsageError(`unknown command ${shown(name)}; ${advice}`);
};

/** Splits the arguments into options and words. Knows the options of all commands, to see which of them take a value. */
const parseArguments = (args: readonly string[]) => {
  const specs = [...COMMANDS.flatMap(({ options }: CommandSpec) => options), ...COMMON_OPTIONS];
  const { tokens } = parseArgs({
    args: [...args],
    // Node's own messages do not name the allowed values, so the checks are done here.
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

/** An option as given. */
interface GivenOption {
  /** Without dashes. */
  readonly name: string;
  /** With dashes. */
  readonly rawName: string;
  readonly value: string | undefined;
  /** Whether the value follows the name after `=`. */
  readonly isInline: boolean;
}

/**
 * Returns the values of a command's options by name. An option that takes no value has an empty one.
 *
 * @throws {UsageError} at the first option that is unknown, repeated, or has an invalid value
 */
const optionValues = (
  given: readonly GivenOption[],
  command: CommandSpec,
  nearestName: NameFinder,
): ReadonlyMap<string, string> => {
  const known = [...command.options, ...COMMON_OPTIONS];
  const values = new Map<string, string>();
  for (const option of given) {
    const spec = known.find(({ name }) => name === option.name);
    if (spec === undefined) throw unknownOption(option, command, known, nearestName);
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
  // An argument that looks like an option is not taken as a value.
  if (value === undefined || (!isInline && value.startsWith('-'))) {
    throw new UsageError(`${rawName} needs a value: ${allowed}`, name);
  }
  if (!accepts(value)) throw new UsageError(`${rawName} is ${shown(value)}; allowed: ${allowed}`, name);
  return value;
};

const unknownOption = (
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

/** Formats an argument for a message: on one line, at most 80 characters. */
const shown = (text: string): string =>
  /^[\w./*:-]{1,80}$/.test(text) ? text : JSON.stringify(text.slice(0, 80));

/** The command line is invalid. The message names the cause and the allowed values. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
  /** The given command, if it is known. */
  readonly command: CommandName | undefined;

  constructor(message: string, command?: CommandName) {
    super(message);
    this.command = command;
  }
}
