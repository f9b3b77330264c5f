import { hasIds, type PolicyConfiguration } from '../../domain/appconfig/configuration-statements.ts';
import { needsJournal } from '../../domain/cache/coherence.ts';
import { FIELDS_AT_ENDPOINT, tablesWithFields } from '../../domain/dynamodb/model/projection.ts';
import type { TableSpec } from '../../domain/dynamodb/model/table-spec.ts';
import { PRICES } from '../../domain/estimate/estimate-inputs.ts';
import type { ListedParameters } from '../../domain/parameters/parameter-directory.ts';
import type { ListedSecrets } from '../../domain/secrets/secret-directory.ts';
import { type Command, helpText, type JournalAction, type NameFinder, type Scope } from './command-specs.ts';
import { estimateReport, pricesIn } from './estimate-command.ts';
import { asArgument, PROGRAM } from './program-command.ts';
import { readCommand, UsageError } from './read-command.ts';

const EXIT_OK = 0;
const EXIT_PROBLEMS = 1;
const EXIT_USAGE = 2;

/** The command line of the program. Results go to stdout, problems to stderr. */
export class CommandLine {
  readonly #tools: Tools;

  constructor(tools: Tools) {
    this.#tools = tools;
  }

  /**
   * Runs the command in `args`. Resolves with the exit status: 0 for success, 1 for problems, 2 for an invalid
   * command line.
   */
  async run(args: readonly string[]): Promise<number> {
    try {
      return await this.#execute(readCommand(args, this.#tools.nearestName));
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      const command = error.command === undefined ? '' : `${error.command} `;
      this.#tools.stderr.write(`${PROGRAM}: ${error.message}\n${this.#nextLine(`${command}--help`)}`);
      return EXIT_USAGE;
    }
  }

  async #execute(command: Command): Promise<number> {
    switch (command.kind) {
      case 'help':
        return this.#print(helpText(command.of, this.#tools.program));
      case 'version':
        return this.#print(`${this.#tools.version}\n`);
      case 'validate':
        return this.#validate(command.path);
      case 'policy':
        return this.#policy(command);
      case 'start':
        return this.#tools.serve(command.path, command.port);
      case 'journal':
        return this.#journal(command);
      case 'estimate':
        return this.#estimate(command);
    }
  }

  async #validate(path: string): Promise<number> {
    const config = await this.#tools.checkConfig(path);
    if (config.problems.length > 0) return this.#printProblems(config, path);
    const partial = tablesWithFields(config.tables);
    if (partial.length > 0) {
      const tables = `${partial.length === 1 ? 'table' : 'tables'} ${partial.join(', ')}`;
      this.#note(`${tables}: if an AWS SDK is pointed at the endpoint, ${FIELDS_AT_ENDPOINT}`);
    }
    return this.#print(
      `${path === '-' ? 'standard input' : path} is valid: ${contentsOf(config)}\n${this.#nextLine(`policy ${asArgument(path)}`)}`,
    );
  }

  async #policy(command: Extract<Command, { kind: 'policy' }>): Promise<number> {
    const { path, preloads, scope, targetAccount } = command;
    const config = await this.#tools.checkConfig(path);
    if (config.problems.length > 0) return this.#printProblems(config, path);
    if (targetAccount !== undefined) {
      const policies = await this.#tools.targetPolicies(config, targetAccount, { ...scope, preloads });
      if (policies !== undefined) return this.#printJson(policies);
      throw new UsageError(
        `${path} names no role of the account ${targetAccount}, and no ARN of a table of it that needs a policy`,
        'policy',
      );
    }
    const [coherent] = [
      ...config.tables.flatMap((table) => (needsJournal(table.coherence) ? [`table ${table.name}`] : [])),
      ...(config.coherentSections ?? []).map((name) => `section ${name}`),
    ];
    if (coherent !== undefined && scope.journal === undefined) {
      const needed = '--journal is needed, the value of CACHE_EXTENSION_JOURNAL_TABLE';
      throw new UsageError(`${coherent} sets coherence, so ${needed}`, 'policy');
    }
    const policy = await this.#tools.policyFor(config, { ...scope, preloads });
    // IAM accepts no policy without a statement.
    if (policy.Statement.length === 0) return this.#note(NOTHING_LISTED);
    if (config.configurations?.some((each) => each.role === undefined && !hasIds(each)) === true)
      this.#note(ANY_CONFIGURATION);
    return this.#printJson(policy);
  }

  async #journal({ action, table }: Extract<Command, { kind: 'journal' }>): Promise<number> {
    const { lines, problems, next } = await this.#tools.journal(action, table);
    this.#print(lines.map((line) => `${line}\n`).join(''));
    if (problems.length === 0) return EXIT_OK;
    const advice = next === undefined ? '' : this.#nextLine(next);
    this.#tools.stderr.write(`${problems.map((problem) => `${problem}\n`).join('')}${advice}`);
    return EXIT_PROBLEMS;
  }

  async #estimate({ input, pricesPath, asJson }: Extract<Command, { kind: 'estimate' }>): Promise<number> {
    const prices = pricesPath === undefined ? PRICES : await this.#prices(pricesPath);
    if (!('asOf' in prices)) {
      this.#tools.stderr.write(prices.map((problem) => `${problem}\n`).join(''));
      return EXIT_PROBLEMS;
    }
    return this.#print(estimateReport(input, prices, asJson));
  }

  async #prices(path: string): Promise<ReturnType<typeof pricesIn>> {
    const text = await this.#tools.readText(path);
    return text === undefined ? [`${path} cannot be read; allowed: a JSON file`] : pricesIn(text, path);
  }

  #printProblems({ problems }: CheckedConfig, path: string): number {
    const lines = problems.map((problem) => `${problem}\n`).join('');
    this.#tools.stderr.write(
      `${lines}${this.#nextLine(`validate ${asArgument(path)}`, 'correct this, then run')}`,
    );
    return EXIT_PROBLEMS;
  }

  /** The command to run next, on a line of its own. */
  #nextLine(args: string, before?: string): string {
    return `Next: ${before === undefined ? '' : `${before}: `}${this.#tools.program} ${args}\n`;
  }

  #note(text: string): number {
    this.#tools.stderr.write(`Note: ${text}\n`);
    return EXIT_OK;
  }

  #printJson(value: object): number {
    return this.#print(`${JSON.stringify(value, null, 2)}\n`);
  }

  #print(text: string): number {
    this.#tools.stdout.write(text);
    return EXIT_OK;
  }
}

const NOTHING_LISTED =
  'no policy is printed, because the file lists nothing to read. Allow what the function reads: ssm:GetParameter for parameters, secretsmanager:GetSecretValue for secrets, appconfig:StartConfigurationSession and appconfig:GetLatestConfiguration for configurations, kms:Decrypt for keys of your own';

const ANY_CONFIGURATION =
  'appConfig has names, but IAM knows the ids of configurations only: the policy allows all configurations. To allow single ones, give the ids in the file, or put them in place of application/*/environment/*/configuration/*. A word counts as an id if it has seven lowercase letters and digits, at least one of them a digit';

/** What a file lists. Names of parameters and secrets are not shown: there may be thousands. */
const contentsOf = ({
  tables,
  parameters = [],
  secrets = [],
  configurations = [],
}: CheckedConfig): string => {
  const names = tables.map(({ name }) => name);
  const counts = [
    counted(parameters.flatMap((each) => each.names).length, 'parameter'),
    counted(
      parameters.filter(({ path }) => path !== undefined).length,
      'path of parameters',
      'paths of parameters',
    ),
    counted(secrets.flatMap(({ ids }) => ids).length, 'secret'),
    counted(configurations.length, 'configuration'),
  ];
  const contents = [
    ...counted(tables.length, 'table').map((count) => `${count} (${names.join(', ')})`),
    ...counts.flat(),
  ];
  return contents.length === 0
    ? 'it lists no table, parameter, secret or configuration'
    : contents.join(', ');
};

/** A count with its noun; empty for zero. */
const counted = (count: number, noun: string, plural = `${noun}s`): readonly string[] =>
  count === 0 ? [] : [`${count} ${count === 1 ? noun : plural}`];

/** The contents of a file. If it has problems, `tables` is incomplete. */
export interface CheckedConfig {
  readonly tables: readonly TableSpec[];
  readonly parameters?: readonly ListedParameters[];
  readonly secrets?: readonly ListedSecrets[];
  /** Sections besides `dynamodb` that need the journal. */
  readonly coherentSections?: readonly string[];
  /** Configurations of AppConfig. */
  readonly configurations?: readonly PolicyConfiguration[];
  /** One line each: the position, the given value, the allowed values. */
  readonly problems: readonly string[];
}

/** The result of a command that inspects a table. */
export interface CommandReport {
  readonly lines: readonly string[];
  /** One line each; empty for success. */
  readonly problems: readonly string[];
  /** The command to run next, if there are problems that it solves: the arguments of the program. */
  readonly next?: string;
}

/** The used part of `process.stdout` and `process.stderr`. */
export interface TextOutput {
  write(text: string): unknown;
}

/** The dependencies of the commands. */
export interface Tools {
  /** Reads the file at `path`, or standard input for `-`. The result contains all problems; it does not reject for them. */
  checkConfig(path: string): Promise<CheckedConfig>;
  /** Makes the IAM policy for the contents of a file. */
  policyFor(
    config: CheckedConfig,
    scope: Scope & { readonly preloads: boolean },
  ): Promise<{ readonly Statement: readonly object[] }>;
  /** Makes the policies to create in another account; undefined if the file names nothing of it that needs one. */
  targetPolicies(
    config: CheckedConfig,
    account: string,
    scope: Scope & { readonly preloads: boolean },
  ): Promise<object | undefined>;
  /** Serves until a signal; resolves with the exit status. */
  serve(path: string | undefined, port: string | undefined): Promise<number>;
  /** Creates, shows or verifies the table of the journal. */
  journal(action: JournalAction, table: string | undefined): Promise<CommandReport>;
  /** The text of a file; undefined if it cannot be read. */
  readText(path: string): Promise<string | undefined>;
  readonly version: string;
  /** The command that starts the program, such as `node dist/cli.js`. */
  readonly program: string;
  readonly nearestName: NameFinder;
  readonly stdout: TextOutput;
  readonly stderr: TextOutput;
}
