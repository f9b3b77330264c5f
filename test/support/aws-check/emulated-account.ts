import { writeFileSync } from 'node:fs';
import type { CommandResult, Execute } from '../../../deploy/aws-check/aws/execute.ts';
import { FUNCTIONS, type FunctionId } from '../../../deploy/aws-check/cloud.ts';
import { JOURNAL_KEY } from '../../../src/adapters/dynamodb/journal/journal-item.ts';
import type { AwsEmulator } from '../../../tools/aws-emulator/index.ts';
import { startDynalite } from '../dynamodb/dynalite.ts';
import type { DynamoDbServer } from '../dynamodb/dynamodb-server.ts';
import { startFunctionsAws } from '../e2e/start-with-aws.ts';
import { FAULTS } from '../faults/faults.ts';
import { type PlannedFunction, plannedFunction, readConfig, readPlan } from './check-plan.ts';
import { EmulatedFunction } from './emulated-function.ts';

/** The name of the stack in tests. */
export const STACK = 'dynamodb-cache-check-test';
const JOURNAL = 'Journal';

/** What is wrong in the account. */
export interface AccountFaults {
  /** Changes what is planned for a function. */
  readonly planned?: (id: FunctionId, planned: PlannedFunction) => PlannedFunction;
  /** Changes the `cache.yaml` of functions. */
  readonly cacheYaml?: (text: string) => string;
  /** The configuration that AppConfig has. */
  readonly configuration?: string;
  /** Answers a call in place of the account; undefined to let it answer. */
  readonly answer?: (call: string) => CommandResult | undefined;
}

const ok = (answer?: unknown): CommandResult => ({
  status: 0,
  stdout: answer === undefined ? '' : JSON.stringify(answer),
  stderr: '',
});

/** An error of the AWS CLI. */
export const awsError = (code: string, message = ''): CommandResult => ({
  status: 254,
  stdout: '',
  stderr: `\nAn error occurred (${code}) when calling the Operation operation: ${message}\n`,
});

/**
 * An account of AWS as the AWS CLI and the CDK CLI show it. The stack consists of emulated functions with the built extension.
 */
export class EmulatedAccount {
  /** The calls in order: `cdk deploy`, or service and operation, then the function where there is one. */
  readonly calls: string[] = [];
  readonly #faults: AccountFaults;
  readonly #dynamoDb: DynamoDbServer;
  readonly #aws: AwsEmulator;
  readonly #functions = new Map<string, EmulatedFunction>();
  #hasStack = false;

  private constructor(faults: AccountFaults, dynamoDb: DynamoDbServer, aws: AwsEmulator) {
    this.#faults = faults;
    this.#dynamoDb = dynamoDb;
    this.#aws = aws;
  }

  static async open(faults: AccountFaults = {}): Promise<EmulatedAccount> {
    return new EmulatedAccount(faults, await startDynalite(), await startFunctionsAws());
  }

  /** Whether there is a stack. */
  get hasStack(): boolean {
    return this.#hasStack;
  }

  readonly execute: Execute = async (program, args) => {
    const call = program === 'aws' ? args.slice(0, 2).join(' ') : 'cdk deploy';
    const functionName = optionOf(args, 'function-name')?.slice(STACK.length + 1);
    this.calls.push(functionName === undefined ? call : `${call} ${functionName}`);
    return this.#faults.answer?.(call) ?? (await this.#answer(call, functionName, args));
  };

  async close(): Promise<void> {
    await this.#deleteStack();
    await this.#dynamoDb.close();
    await this.#aws.close();
  }

  async #answer(call: string, functionName = '', args: readonly string[]): Promise<CommandResult> {
    switch (call) {
      case '--version':
        return { status: 0, stdout: 'aws-cli/2.31.0 Python/3.13\n', stderr: '' };
      case 'sts get-caller-identity':
        return ok({ Account: '123456789012' });
      case 'ssm get-parameter':
        return ok({ Parameter: { Value: '28' } });
      case 'cdk deploy':
        await this.#createStack();
        return ok();
      case 'lambda invoke':
        return this.#invoke(functionName, args);
      case 'lambda update-function-configuration':
        await this.#functions.get(functionName)?.renew();
        return ok({});
      case 'lambda wait':
        return ok();
      case 'lambda get-function-configuration':
        return this.#hasStack
          ? ok({ Role: `arn:aws:iam::123456789012:role/${functionName}` })
          : awsError('ResourceNotFoundException');
      case 'iam put-role-policy':
        this.#functions
          .get(optionOf(args, 'role-name') ?? '')
          ?.proxy.inject({ fault: FAULTS['access-denied'] });
        return ok();
      case 'iam delete-role-policy':
        this.#functions.get(optionOf(args, 'role-name') ?? '')?.proxy.heal();
        return ok();
      case 'dynamodb put-item':
        await this.#dynamoDb.put(
          optionOf(args, 'table-name') ?? '',
          JSON.parse(optionOf(args, 'item') ?? '{}'),
        );
        return ok();
      case 'cloudformation delete-stack':
        await this.#deleteStack();
        return ok();
      case 'cloudformation wait':
        return ok();
      case 'cloudformation describe-stacks':
        return this.#hasStack
          ? ok({ Stacks: [{ StackStatus: 'CREATE_COMPLETE' }] })
          : awsError('ValidationError', `Stack with id ${STACK} does not exist`);
      case 'logs describe-log-groups':
        return ok({ logGroups: [] });
      default:
        return { status: 252, stdout: '', stderr: `the emulated account has no ${call}` };
    }
  }

  async #invoke(functionName: string, args: readonly string[]): Promise<CommandResult> {
    const fn = this.#functions.get(functionName);
    if (fn === undefined) return awsError('ResourceNotFoundException');
    const startMs = await fn.start();
    const { payload, failed } = await fn.invoke(JSON.parse(optionOf(args, 'payload') ?? '{}'));
    const fileOfAnswer = args.find((arg) => arg.endsWith('.json')) ?? '';
    writeFileSync(fileOfAnswer, JSON.stringify(payload));
    const log = `REPORT RequestId: 1\t${startMs === undefined ? '' : `Init Duration: ${startMs.toFixed(2)} ms`}\n`;
    return ok({
      StatusCode: 200,
      LogResult: Buffer.from(log).toString('base64'),
      ...(failed ? { FunctionError: 'Unhandled' } : {}),
    });
  }

  async #createStack(): Promise<void> {
    this.#hasStack = true;
    const plan = readPlan();
    const variables: Record<string, string> = {
      CHECK_PARAMETER: `/${STACK}/parameter`,
      CHECK_SECRET: `${STACK}/secret`,
      CHECK_APPLICATION: STACK,
    };
    for (const table of plan.tables) {
      variables[table] = `${STACK}-${table}`;
      await this.#dynamoDb.createTable({ table: `${STACK}-${table}`, hashKey: { name: 'id', type: 'S' } });
    }
    await this.#dynamoDb.createTable({
      table: JOURNAL,
      hashKey: { name: JOURNAL_KEY.scope, type: 'S' },
      sortKey: { name: JOURNAL_KEY.page, type: 'N' },
    });
    this.#aws.parameters.put(`/${STACK}/parameter`, { value: 'value of a parameter' });
    this.#aws.secrets.put(`${STACK}/secret`, { string: SECRET });
    this.#aws.configurations.put(
      { application: STACK, environment: 'check', profile: 'settings' },
      { bytes: this.#faults.configuration ?? '{"limit":7}', contentType: 'application/json' },
    );
    for (const id of FUNCTIONS) {
      const asPlanned = plannedFunction(plan, id);
      const planned = this.#faults.planned?.(id, asPlanned) ?? asPlanned;
      const text = readConfig(planned.config);
      const named = Object.fromEntries(
        (plan.configs[planned.config] ?? []).map((name) => [name, variables[name] ?? '']),
      );
      const fn = await EmulatedFunction.create({
        id,
        planned,
        cacheYaml: text === undefined ? undefined : (this.#faults.cacheYaml?.(text) ?? text),
        variables: named,
        dynamoDb: this.#dynamoDb.directEndpoint,
        aws: this.#aws.url,
        journalTable: JOURNAL,
      });
      this.#functions.set(id, fn);
      if (planned.snapStart) await fn.publish();
    }
  }

  async #deleteStack(): Promise<void> {
    this.#hasStack = false;
    const functions = [...this.#functions.values()];
    this.#functions.clear();
    await Promise.all(functions.map((fn) => fn.close()));
  }
}

/** The value of the emulated secret, which must not be in any output. */
export const SECRET = 'the value of the emulated secret';

const optionOf = (args: readonly string[], name: string): string | undefined => {
  const index = args.indexOf(`--${name}`);
  return index < 0 ? undefined : args[index + 1];
};
