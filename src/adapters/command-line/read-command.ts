import { parseArgs } from 'node:util';
import type { Command, CommandName } from './command.ts';
import { COMMANDS, COMMON_OPTIONS, type CommandSpec, DEFAULT_PATH, HELP } from './command-specs.ts';
import { type GivenOption, optionValues, shown } from './given-options.ts';
import type { NameFinder } from './tools.ts';
import { UsageError } from './usage-error.ts';

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
