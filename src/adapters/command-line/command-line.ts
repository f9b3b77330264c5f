import { FIELDS_AT_ENDPOINT, tablesWithFields } from '../../domain/dynamodb/model/configured-tables.ts';
import type { TableSpec } from '../../domain/dynamodb/model/table-spec.ts';
import type { NameFinder } from './command-specs.ts';
import { type Command, helpText, PROGRAM, type Scope } from './command-specs.ts';
import { readCommand, UsageError } from './read-command.ts';

const WELL = 0;
const PROBLEMS = 1;
const MISUSED = 2;

/** The program as it is typed: what was asked for goes to stdout, problems go to stderr. */
export class CommandLine {
  readonly #tools: Tools;

  constructor(tools: Tools) {
    this.#tools = tools;
  }

  /**
   * Does what the arguments say, and resolves with the exit status: 0 if all is well, 1 if something is wrong with the
   * file, 2 if the command line cannot be understood.
   */
  async run(args: readonly string[]): Promise<number> {
    try {
      return await this.#execute(readCommand(args, this.#tools.nearestName));
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      const what = error.command === undefined ? '' : `${error.command} `;
      this.#tools.stderr.write(`${PROGRAM}: ${error.message}\n${next(`${what}--help`)}`);
      return MISUSED;
    }
  }

  async #execute(command: Command): Promise<number> {
    switch (command.kind) {
      case 'help':
        return this.#print(helpText(command.of));
      case 'version':
        return this.#print(`${await this.#tools.version()}\n`);
      case 'validate':
        return this.#validate(command.path);
      case 'policy':
        return this.#policy(command);
      case 'start':
        return this.#tools.serve(command.path, command.port);
    }
  }

  async #validate(path: string): Promise<number> {
    const config = await this.#tools.checkConfig(path);
    if (config.problems.length > 0) return this.#complain(config, path);
    const partial = tablesWithFields(config.tables);
    if (partial.length > 0) {
      const where = `${partial.length === 1 ? 'table' : 'tables'} ${partial.join(', ')}`;
      this.#tools.stderr.write(
        `Note: ${where}: if an AWS SDK is pointed at the endpoint, ${FIELDS_AT_ENDPOINT}\n`,
      );
    }
    const names = config.tables.map(({ name }) => name);
    const count = names.length === 1 ? '1 table' : `${names.length} tables`;
    return this.#print(
      `${path === '-' ? 'standard input' : path} is valid: ${count} (${names.join(', ')})\n${next(`policy ${asArgument(path)}`)}`,
    );
  }

  async #policy({ path, preloads, scope }: Extract<Command, { kind: 'policy' }>): Promise<number> {
    const config = await this.#tools.checkConfig(path);
    if (config.problems.length > 0) return this.#complain(config, path);
    const policy = await this.#tools.policyFor(config.tables, { ...scope, preloads });
    return this.#print(`${JSON.stringify(policy, null, 2)}\n`);
  }

  #complain({ problems }: CheckedConfig, path: string): number {
    const lines = problems.map((problem) => `${problem}\n`).join('');
    this.#tools.stderr.write(`${lines}${next(`validate ${asArgument(path)}`, 'correct this, then run')}`);
    return PROBLEMS;
  }

  #print(text: string): number {
    this.#tools.stdout.write(text);
    return WELL;
  }
}

/** The command to run next, on a line of its own. */
const next = (args: string, before?: string): string =>
  `Next: ${before === undefined ? '' : `${before}: `}npx ${PROGRAM} ${args}\n`;

/** The path as a shell takes it. */
const asArgument = (path: string): string =>
  /^[\w./@:+-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`;

/** What a file says; if there are problems, `tables` is incomplete. */
export interface CheckedConfig {
  readonly tables: readonly TableSpec[];
  /** One line each: where, what was given, what is allowed. */
  readonly problems: readonly string[];
}

/** What is used of `process.stdout` and `process.stderr`. */
export interface TextOutput {
  write(text: string): unknown;
}

/** What the commands do their work with. */
export interface Tools {
  /** Reads the file at `path`, or standard input for `-`. Rejects for nothing that can be wrong with a file. */
  checkConfig(path: string): Promise<CheckedConfig>;
  /** The IAM policy for the tables, which is printed as JSON. */
  policyFor(tables: readonly TableSpec[], scope: Scope & { readonly preloads: boolean }): Promise<object>;
  /** Serves until a signal ends it, and resolves with the exit status. */
  serve(path: string | undefined, port: string | undefined): Promise<number>;
  version(): Promise<string>;
  readonly nearestName: NameFinder;
  readonly stdout: TextOutput;
  readonly stderr: TextOutput;
}
