import type { CommandName } from './command.ts';
import { COMMANDS, COMMON_OPTIONS, type CommandSpec, HELP, type OptionSpec } from './command-specs.ts';

/** What the program is called where it is typed. */
export const PROGRAM = 'dynamodb-cache-extension';

/** What `--help` prints, of one command or of all. */
export const helpText = (name: CommandName | undefined): string => {
  const spec = COMMANDS.find((command) => command.name === name);
  return spec === undefined ? overview() : helpOf(spec);
};

const overview = (): string => `${PROGRAM}: keeps DynamoDB items in memory beside a Lambda function

${columns([
  ...COMMANDS.map((command) => [usageOf(command), command.summary] as const),
  [`${HELP} [command]`, 'print this, or more about a command'],
])}

${columns(COMMON_OPTIONS.map(optionRow))}

The file is ./cache.yaml if none is named. ${PROGRAM} help <command> says more.
`;

const helpOf = (command: CommandSpec): string => `${PROGRAM} ${usageOf(command)}

${command.text}

${columns([...command.options, ...COMMON_OPTIONS].map(optionRow))}

The file is ./cache.yaml if none is named${command.name === 'start' ? '' : ', and standard input if it is -'}.
`;

const usageOf = ({ name, options }: CommandSpec): string =>
  options.length === 0 ? `${name} [file]` : `${name} [options] [file]`;

const optionRow = ({ name, short, value, text }: OptionSpec): readonly [string, string] => {
  const names = short === undefined ? `--${name}` : `-${short}, --${name}`;
  return [value === undefined ? names : `${names} <${value.placeholder}>`, text];
};

const columns = (rows: readonly (readonly [string, string])[]): string => {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`).join('\n');
};
