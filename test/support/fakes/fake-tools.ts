import type { CheckedConfig, CommandReport, Tools } from '../../../src/adapters/command-line/command-line.ts';
import { nearestName } from '../../../src/adapters/config/environment/unknown-variables.ts';

/** Tools that only record their calls. */
export class FakeTools implements Tools {
  /** The calls, in order. */
  readonly asked: (readonly unknown[])[] = [];
  readonly nearestName = nearestName;
  readonly #config: CheckedConfig;
  readonly #written = { stdout: '', stderr: '' };

  /** @param config the content of every file */
  constructor(config: CheckedConfig = { tables: [], problems: [] }) {
    this.#config = config;
  }

  /** The output so far. */
  get written(): { readonly stdout: string; readonly stderr: string } {
    return this.#written;
  }

  get stdout() {
    return { write: (text: string) => (this.#written.stdout += text) };
  }

  get stderr() {
    return { write: (text: string) => (this.#written.stderr += text) };
  }

  checkConfig(path: string) {
    return this.#note(this.#config, 'checkConfig', path);
  }

  /** The policy of every file. */
  policy: Awaited<ReturnType<Tools['policyFor']>> = { Statement: [{ Sid: 'ReadItems' }] };

  policyFor(...args: Parameters<Tools['policyFor']>) {
    return this.#note(this.policy, 'policyFor', ...args);
  }

  /** The policies of each account; undefined for none. */
  targets: object | undefined = { roles: [] };

  targetPolicies(...args: Parameters<Tools['targetPolicies']>) {
    return this.#note(this.targets, 'targetPolicies', ...args);
  }

  serve(path: string | undefined, port: string | undefined) {
    return this.#note(7, 'serve', path, port);
  }

  /** The result of `journal`. */
  report: CommandReport = { lines: ['as it should be'], problems: [] };

  journal(action: string, table: string | undefined) {
    return this.#note(this.report, 'journal', action, table);
  }

  /** The content of each file, by path. */
  files: Readonly<Record<string, string>> = {};

  async readText(path: string) {
    return this.files[path];
  }

  readonly version = '1.2.3';
  readonly program = 'node some/cli.js';

  async #note<Result>(result: Result, ...what: readonly unknown[]): Promise<Result> {
    this.asked.push(what);
    return result;
  }
}
