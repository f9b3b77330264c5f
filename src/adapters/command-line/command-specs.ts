import type { EstimateInput } from '../../domain/estimate/estimate-inputs.ts';
import { AWS_REGION_NAME } from '../../domain/regions/region-name.ts';
import { ESTIMATE_OPTIONS } from './estimate-command.ts';
import type { OptionSpec } from './option-spec.ts';
import { PROGRAM } from './program-command.ts';

/** The location of the resources of a policy, the keys that encrypt them, and the journal table. Absent parts are unknown. */
export interface Scope {
  readonly region?: string;
  readonly account?: string;
  readonly partition?: string;
  readonly kmsKeys?: readonly string[];
  readonly journal?: string;
  /** The ARN of the function's role. */
  readonly functionRole?: string;
}

/** A parsed command line. The path `-` means standard input. */
export type Command =
  | { readonly kind: 'help'; readonly of: CommandName | undefined }
  | { readonly kind: 'version' }
  | { readonly kind: 'validate'; readonly path: string }
  | {
      readonly kind: 'policy';
      readonly path: string;
      readonly preloads: boolean;
      readonly scope: Scope;
      /** The account whose policies are printed; absent: the function's. */
      readonly targetAccount?: string;
    }
  /** If path or port are absent, the environment sets them. */
  | { readonly kind: 'start'; readonly path: string | undefined; readonly port: string | undefined }
  /** If the table is absent, the environment sets it. */
  | { readonly kind: 'journal'; readonly action: JournalAction; readonly table: string | undefined }
  /** If the path of the prices is absent, those of the table are used. */
  | {
      readonly kind: 'estimate';
      readonly input: EstimateInput;
      readonly pricesPath: string | undefined;
      readonly asJson: boolean;
    };

export type CommandName = Exclude<Command['kind'], 'help' | 'version'>;

export const JOURNAL_ACTIONS = ['create', 'show', 'verify'] as const;

export type JournalAction = (typeof JOURNAL_ACTIONS)[number];

/** A command of the command line. Each takes an action, at most one path, or nothing. */
export interface CommandSpec {
  readonly name: CommandName;
  /** The words of which one must follow the name; empty if nothing may follow; absent if a path may. */
  readonly actions?: readonly string[];
  readonly summary: string;
  /** Help text: complete lines, without a final line break. */
  readonly text: string;
  readonly options: readonly OptionSpec[];
}

/** The path that is read if none is given. */
export const DEFAULT_PATH = 'cache.yaml';

/** The command that prints the help of the program, or of one command. */
export const HELP = 'help';

/** The options that are allowed with every command, and without one. */
export const COMMON_OPTIONS: readonly OptionSpec[] = [
  { name: 'help', short: 'h', text: 'print this help' },
  { name: 'version', short: 'v', text: 'print the version' },
];

const KMS_KEY = /^arn:aws(-[a-z]+)*:kms:[a-z0-9-]+:[0-9]{12}:key\/(\*|[\w-]+)$/;

const POLICY_OPTIONS: readonly OptionSpec[] = [
  {
    name: 'region',
    text: 'region of the entries without a region; any by default',
    value: {
      placeholder: 'name',
      accepts: (text) => text === '*' || AWS_REGION_NAME.test(text),
      allowed: 'an AWS region such as eu-west-1, or *',
    },
  },
  {
    name: 'account',
    text: 'account of the tables, parameters and secrets; any by default',
    value: {
      placeholder: 'id',
      accepts: (text) => /^(\*|[0-9]{12})$/.test(text),
      allowed: 'an account of 12 digits, or *',
    },
  },
  {
    name: 'partition',
    text: 'partition of the ARNs; by default the partition of their region, or aws',
    value: {
      placeholder: 'name',
      accepts: (text) => /^aws(-[a-z]+)*$/.test(text),
      allowed: 'a partition such as aws or aws-cn',
    },
  },
  {
    name: 'kms-key',
    text: 'customer managed keys of parameters or secrets, with commas between; adds kms:Decrypt',
    value: {
      placeholder: 'arn',
      accepts: (text) => text.split(',').every((arn) => KMS_KEY.test(arn)),
      allowed: 'the ARN of a key, not of an alias; or several with commas between',
    },
  },
  {
    name: 'journal',
    text: 'CACHE_EXTENSION_JOURNAL_TABLE of the function; required if coherence other than ttl is set',
    value: {
      placeholder: 'table',
      accepts: (text) => /^[a-zA-Z0-9_.-]{3,255}$/.test(text),
      allowed: 'the name of a table',
    },
  },
  {
    name: 'target-account',
    text: 'print the policies to create in this account, for its roles and tables',
    value: {
      placeholder: 'id',
      accepts: (text) => /^[0-9]{12}$/.test(text),
      allowed: 'an account of 12 digits',
    },
  },
  {
    name: 'function-role',
    text: 'role of the function, for the policies of --target-account; by default a placeholder',
    value: {
      placeholder: 'arn',
      accepts: (text) => /^arn:aws(-[a-z]+)*:iam::[0-9]{12}:role\/[!-~]+$/.test(text),
      allowed: 'the ARN of a role',
    },
  },
  {
    name: 'no-preload',
    text: 'omit the permissions of the preload; use it if CACHE_EXTENSION_INIT_STARTUP is not true',
  },
  {
    name: 'format',
    text: 'output format: json (the default)',
    value: { placeholder: 'name', accepts: (text) => text === 'json', allowed: 'json' },
  },
];

const START_OPTIONS: readonly OptionSpec[] = [
  {
    name: 'port',
    text: 'port to listen on, 0 for any free port; by default CACHE_EXTENSION_PORT, or 4000',
    value: {
      placeholder: 'number',
      accepts: (text) => /^[0-9]{1,5}$/.test(text) && Number(text) <= 65_535,
      allowed: 'a whole number from 0 to 65535',
    },
  },
];

const JOURNAL_OPTIONS: readonly OptionSpec[] = [
  {
    name: 'table',
    text: 'table of the journal; by default CACHE_EXTENSION_JOURNAL_TABLE',
    value: {
      placeholder: 'name',
      accepts: (text) => /^[\w.-]{3,255}$/.test(text),
      allowed: 'the name of a table: 3 to 255 letters, digits, dots, hyphens and underscores',
    },
  },
];

/** All commands but `help`. */
export const COMMANDS: readonly CommandSpec[] = [
  {
    name: 'validate',
    summary: 'report the problems in a cache.yaml',
    text: `Reads the file like the extension, and writes one line to stderr for each problem:
path:line:column: the given value; the allowed values. Does not call AWS.
Exits with 0 if the file is valid, else with 1.`,
    options: [],
  },
  {
    name: 'policy',
    summary: "print a least-privilege IAM policy for the function's role",
    text: `For each table, allows only the calls of the extension: GetItem; BatchGetItem to preload listed keys or
refresh stale items; Scan to preload a whole table (not with preload: none or keys).
For each listed parameter and secret, allows GetParameter or GetSecretValue. GetParameters and BatchGetSecretValue
save calls and may be removed; GetParametersByPath preloads a path. Values that are not listed are not allowed.
For each listed configuration, allows StartConfigurationSession and GetLatestConfiguration: of this one if the file has
its ids, else of all, because IAM knows no names of AppConfig. If the file lists nothing, prints no policy.
If the file sets coherence other than ttl, allows Query and UpdateItem on the journal table.
For entries with roleArn, allows sts:AssumeRole on it; --target-account prints what the role itself needs.
If the file omits a setting, the policy assumes that an environment variable may enable it, preload included.
Does not call AWS.`,
    options: POLICY_OPTIONS,
  },
  {
    name: 'start',
    summary: 'serve on this machine, like the extension in Lambda',
    text: `Serves http://localhost:4000/dynamodb?name=… for the tables of the file, until Ctrl-C or SIGTERM.
Takes AWS credentials, AWS_REGION and the CACHE_EXTENSION_* variables from the environment;
CACHE_EXTENSION_CONFIG may set the file, too. With CACHE_EXTENSION_COMPATIBILITY, also serves the ports of AWS's
extensions, and needs no file. Reads DynamoDB at the first of these that is set:
CACHE_EXTENSION_DYNAMODB_ENDPOINT, AWS_ENDPOINT_URL_DYNAMODB, AWS_ENDPOINT_URL; else at the endpoint of the region.`,
    options: START_OPTIONS,
  },
  {
    name: 'journal',
    actions: JOURNAL_ACTIONS,
    summary: 'create, show or verify the table of announced writes',
    text: `The table in which execution environments announce writes to each other.

create  Creates the table with on-demand capacity, if it does not exist, and waits until it can be used.
show    Prints for each table of cache.yaml that has announcements: pages, announced keys, size. No keys.
verify  Checks the key of the table, and makes an announcement and a check that no cache reads, then deletes it.

Takes AWS credentials, AWS_REGION and the CACHE_EXTENSION_* variables from the environment, as start does.
Needs these actions of DynamoDB on the table:
create: CreateTable, DescribeTable; show: Scan; verify: DescribeTable, UpdateItem, Query, DeleteItem.
Exits with 0 if all is well, else with 1.`,
    options: JOURNAL_OPTIONS,
  },
  {
    name: 'estimate',
    actions: [],
    summary: 'estimate what the cache saves and costs in a month',
    text: `Compares the read units and the billed time that hits save with the added memory, cold starts, preloads and
the journal. Assumes on-demand capacity, and that the reads of an invocation run one after the other.
Calls nothing. docs/when-not.md says what is left out; docs/estimate.html is the same as a page.
The file of --prices is a JSON object: asOf, region, readUnitsMillion, writeUnitsMillion, gbSecondX86, gbSecondArm.`,
    options: ESTIMATE_OPTIONS,
  },
];

/**
 * The text that `--help` prints, for one command or for all.
 *
 * @param program the command that starts the program
 */
export const helpText = (name: CommandName | undefined, program: string): string => {
  const spec = COMMANDS.find((command) => command.name === name);
  return spec === undefined ? overview(program) : helpOf(spec);
};

const overview = (
  program: string,
): string => `${PROGRAM}: keeps DynamoDB items in memory beside a Lambda function

${columns([
  ...COMMANDS.map((command) => [usageOf(command), command.summary] as const),
  [`${HELP} [command]`, 'print this help, or the help of a command'],
])}

${columns(COMMON_OPTIONS.map(optionRow))}

The default file is ./cache.yaml. For the help of a command, run:
${program} help <command>
`;

const helpOf = (command: CommandSpec): string => `${PROGRAM} ${usageOf(command)}

${command.text}

${columns([...command.options, ...COMMON_OPTIONS].map(optionRow))}
${command.actions === undefined ? `\n${fileNote(command)}\n` : ''}`;

const fileNote = ({ name }: CommandSpec): string =>
  `The default file is ./cache.yaml.${name === 'start' ? '' : ' If the file is -, it is read from standard input.'}`;

const usageOf = ({ name, actions, options }: CommandSpec): string => {
  const operand = actions === undefined ? '[file]' : actions.join('|');
  return [name, ...(options.length === 0 ? [] : ['[options]']), operand].join(' ').trimEnd();
};

const optionRow = ({ name, short, value, text }: OptionSpec): readonly [string, string] => {
  const names = short === undefined ? `--${name}` : `-${short}, --${name}`;
  return [value === undefined ? names : `${names} <${value.placeholder}>`, text];
};

const columns = (rows: readonly (readonly [string, string])[]): string => {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`).join('\n');
};

/** Finds the most similar of `names`; undefined if none is similar. */
export type NameFinder = (given: string, names: readonly string[]) => string | undefined;
