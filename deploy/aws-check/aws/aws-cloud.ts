import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import * as v from 'valibot';
import type { Cloud, FunctionId, Invocation, Item, TableId } from '../cloud.ts';
import { type ProbeEvent, readFindings } from '../probe.ts';
import { type AwsCli, AwsCliError } from './aws-cli.ts';

const POLICY = 'dynamodb-cache-check-denial';

/** The version of the function that SnapStart restores. */
const QUALIFIERS: Partial<Readonly<Record<FunctionId, string>>> = { SnapStart: 'live' };

const DENIAL = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Deny', Action: 'dynamodb:*', Resource: '*' }],
});

const InvokeSchema = v.object({
  FunctionError: v.optional(v.string()),
  LogResult: v.optional(v.string(), ''),
});
const ConfigurationSchema = v.object({ Role: v.string() });

/** A stack in AWS. */
export class AwsCloud implements Cloud {
  readonly #aws: AwsCli;
  readonly #stack: string;
  readonly #folder: string;
  readonly #signal: AbortSignal;
  #invocations = 0;
  #renewals = 0;

  /** @param folder for the payloads of answers */
  constructor(aws: AwsCli, stack: string, folder: string, signal: AbortSignal) {
    this.#aws = aws;
    this.#stack = stack;
    this.#folder = folder;
    this.#signal = signal;
  }

  async invoke(fn: FunctionId, event: ProbeEvent): Promise<Invocation> {
    this.#invocations += 1;
    const file = join(this.#folder, `answer-${this.#invocations}.json`);
    const qualifier = QUALIFIERS[fn];
    const answer = await this.#aws.call(
      'lambda',
      'invoke',
      ...this.#functionName(fn),
      ...(qualifier === undefined ? [] : ['--qualifier', qualifier]),
      '--cli-binary-format',
      'raw-in-base64-out',
      '--log-type',
      'Tail',
      '--payload',
      JSON.stringify(event),
      file,
    );
    const { FunctionError, LogResult } = v.parse(InvokeSchema, answer);
    const payload: unknown = JSON.parse(readFileSync(file, 'utf8'));
    if (FunctionError !== undefined) {
      throw new Error(`the function ${fn} failed: ${JSON.stringify(payload).slice(0, 500)}`);
    }
    const log = Buffer.from(LogResult, 'base64').toString();
    return { findings: readFindings(payload), startMs: startMsIn(log) };
  }

  async renew(fn: FunctionId): Promise<void> {
    this.#renewals += 1;
    const description = ['--description', `environments since renewal ${this.#renewals}`];
    await this.#aws.call(
      'lambda',
      'update-function-configuration',
      ...this.#functionName(fn),
      ...description,
    );
    await this.#aws.call('lambda', 'wait', 'function-updated-v2', ...this.#functionName(fn));
  }

  async deny(fn: FunctionId, isDenied: boolean): Promise<void> {
    const answer = await this.#aws.call('lambda', 'get-function-configuration', ...this.#functionName(fn));
    const { Role } = v.parse(ConfigurationSchema, answer);
    const policy = ['--role-name', Role.replace(/^.*\//, ''), '--policy-name', POLICY];
    if (isDenied) {
      await this.#aws.call('iam', 'put-role-policy', ...policy, '--policy-document', DENIAL);
      return;
    }
    await this.#aws.call('iam', 'delete-role-policy', ...policy).catch((error: unknown) => {
      if (!(error instanceof AwsCliError && error.code === 'NoSuchEntity')) throw error;
    });
  }

  async putItem(table: TableId, { id, version, exact }: Item): Promise<void> {
    const attributes = {
      id: { S: id },
      version: { N: String(version) },
      ...(exact === undefined ? {} : { exact: { N: exact } }),
    };
    const item = ['--item', JSON.stringify(attributes)];
    await this.#aws.call('dynamodb', 'put-item', '--table-name', `${this.#stack}-${table}`, ...item);
  }

  async wait(ms: number): Promise<void> {
    await delay(ms, undefined, { signal: this.#signal });
  }

  #functionName(fn: FunctionId): readonly string[] {
    return ['--function-name', `${this.#stack}-${fn}`];
  }
}

/** The report of Lambda is the last line of the log. */
const startMsIn = (log: string): number | undefined => {
  const [, ms] = /\b(?:Init|Restore) Duration: ([\d.]+) ms/.exec(log) ?? [];
  return ms === undefined ? undefined : Number(ms);
};
