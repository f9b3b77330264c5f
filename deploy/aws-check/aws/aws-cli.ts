import type { Execute } from './execute.ts';

/** Which account and region. */
export interface Place {
  /** Of the AWS CLI; the default one if absent. */
  readonly profile?: string;
  readonly region: string;
}

/** The AWS CLI ended with an error. */
export class AwsCliError extends Error {
  /** The error code of the service, such as `NoSuchEntity`; empty if there was no answer of one. */
  readonly code: string;

  constructor(call: string, stderr: string) {
    super(`aws ${call}: ${stderr.trim()}`);
    this.code = /\(([\w.]+)\) when calling/.exec(stderr)?.[1] ?? '';
  }
}

/** The options of the AWS CLI and of the CDK CLI for a place. */
export const profileOptions = ({ profile }: Place): readonly string[] =>
  profile === undefined ? [] : ['--profile', profile];

/** Calls AWS with the AWS CLI, version 2. */
export class AwsCli {
  readonly place: Place;
  readonly #execute: Execute;
  readonly #signal: AbortSignal | undefined;

  constructor(execute: Execute, place: Place, signal?: AbortSignal) {
    this.#execute = execute;
    this.place = place;
    this.#signal = signal;
  }

  /**
   * Resolves with the answer as JSON, or with undefined if it is empty.
   *
   * @throws {AwsCliError}
   */
  async call(service: string, operation: string, ...args: readonly string[]): Promise<unknown> {
    this.#signal?.throwIfAborted();
    const { region } = this.place;
    const options = [...profileOptions(this.place), '--region', region, '--output', 'json', '--no-cli-pager'];
    const { status, stdout, stderr } = await this.#execute(
      'aws',
      [service, operation, ...args, ...options],
      this.#signal === undefined ? {} : { signal: this.#signal },
    );
    this.#signal?.throwIfAborted();
    if (status !== 0) throw new AwsCliError(`${service} ${operation}`, stderr);
    return stdout.trim() === '' ? undefined : JSON.parse(stdout);
  }
}
