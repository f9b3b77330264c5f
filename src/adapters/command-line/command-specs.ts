/** Where the tables are that a policy is for; what is absent is not known. */
export interface Scope {
  readonly region?: string;
  readonly account?: string;
  readonly partition?: string;
}

/** What the caller wants done. A path of `-` is standard input. */
export type Command =
  | { readonly kind: 'help'; readonly of: CommandName | undefined }
  | { readonly kind: 'version' }
  | { readonly kind: 'validate'; readonly path: string }
  | { readonly kind: 'policy'; readonly path: string; readonly preloads: boolean; readonly scope: Scope }
  /** Path and port are absent where the environment has the say. */
  | { readonly kind: 'start'; readonly path: string | undefined; readonly port: string | undefined };

export type CommandName = 'validate' | 'policy' | 'start';

/** An option of the command line. */
export interface OptionSpec {
  readonly name: string;
  readonly short?: string;
  readonly text: string;
  /** What must follow it; absent where nothing may. */
  readonly value?: {
    readonly placeholder: string;
    readonly accepts: (text: string) => boolean;
    readonly allowed: string;
  };
}

/** A command of the command line; each takes one path at most. */
export interface CommandSpec {
  readonly name: CommandName;
  readonly summary: string;
  /** Whole lines. */
  readonly text: string;
  readonly options: readonly OptionSpec[];
}

/** Read where no path is given. */
export const DEFAULT_PATH = 'cache.yaml';

/** The command that prints what there is, of another command if one is named. */
export const HELP = 'help';

/** The options that go with every command, and without any. */
export const COMMON_OPTIONS: readonly OptionSpec[] = [
  { name: 'help', short: 'h', text: 'print this' },
  { name: 'version', short: 'v', text: 'print the version' },
];

const POLICY_OPTIONS: readonly OptionSpec[] = [
  {
    name: 'region',
    text: 'region of the tables that name none; any by default',
    value: {
      placeholder: 'name',
      accepts: (text) => /^(\*|[a-z][a-z0-9]*(-[a-z0-9]+)+)$/.test(text),
      allowed: 'an AWS region such as eu-west-1, or *',
    },
  },
  {
    name: 'account',
    text: 'account of the tables; any by default',
    value: {
      placeholder: 'id',
      accepts: (text) => /^(\*|[0-9]{12})$/.test(text),
      allowed: 'an account of 12 digits, or *',
    },
  },
  {
    name: 'partition',
    text: 'partition of the tables; by default that of their region, or aws',
    value: {
      placeholder: 'name',
      accepts: (text) => /^aws(-[a-z]+)*$/.test(text),
      allowed: 'a partition such as aws or aws-cn',
    },
  },
  {
    name: 'no-preload',
    text: 'leave out what only the preload needs: CACHE_EXTENSION_INIT_STARTUP is not true',
  },
  {
    name: 'format',
    text: 'how it is written: json, which is the default',
    value: { placeholder: 'name', accepts: (text) => text === 'json', allowed: 'json' },
  },
];

const START_OPTIONS: readonly OptionSpec[] = [
  {
    name: 'port',
    text: 'port to listen on, 0 for any that is free; by default CACHE_EXTENSION_PORT, or 4000',
    value: {
      placeholder: 'number',
      accepts: (text) => /^[0-9]{1,5}$/.test(text) && Number(text) <= 65_535,
      allowed: 'a whole number from 0 to 65535',
    },
  },
];

/** What can be done. */
export const COMMANDS: readonly CommandSpec[] = [
  {
    name: 'validate',
    summary: 'say what is wrong with a cache.yaml',
    text: `Reads the file as the extension does, and writes a line to stderr for each thing that is wrong with it:
path:line:column: what is there, and what is allowed. Nothing is asked of AWS.
Ends with 0 if nothing is wrong, else with 1.`,
    options: [],
  },
  {
    name: 'policy',
    summary: 'print the least that the role of the function must allow, as an IAM policy',
    text: `Allows, table by table, what the extension calls and nothing else: GetItem; BatchGetItem where listed keys are
preloaded or stale items read again; Scan where a whole table is preloaded (not with preload: none or keys).
What the file leaves to the variables of the function may be on, preload included. Nothing is asked of AWS.`,
    options: POLICY_OPTIONS,
  },
  {
    name: 'start',
    summary: 'serve on this machine, as the extension does in Lambda',
    text: `Serves http://localhost:4000/dynamodb?name=… for the tables of the file, until Ctrl-C or SIGTERM.
Takes AWS credentials, AWS_REGION and the CACHE_EXTENSION_* variables from the environment;
the file may be named by CACHE_EXTENSION_CONFIG too. DynamoDB is asked at CACHE_EXTENSION_DYNAMODB_ENDPOINT,
AWS_ENDPOINT_URL_DYNAMODB or AWS_ENDPOINT_URL, the first that is set; else at the endpoint of the region.`,
    options: START_OPTIONS,
  },
];

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

/** Finds the one of `names` that was probably meant; undefined if none is near. */
export type NameFinder = (given: string, names: readonly string[]) => string | undefined;
