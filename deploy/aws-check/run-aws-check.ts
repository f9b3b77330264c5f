import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AwsCli, type Place } from './aws/aws-cli.ts';
import { AwsCloud } from './aws/aws-cloud.ts';
import type { Execute } from './aws/execute.ts';
import { checkBootstrap, findAccount, findCliVersion } from './aws/preflight.ts';
import { deployStack, type Leftover, removeStack } from './aws/stack.ts';
import type { Check } from './checks/check.ts';
import { SEED } from './checks/items.ts';
import type { Cloud } from './cloud.ts';
import { costOfRun, describeCost } from './cost.ts';
import { type CheckResult, isSuccess, type Report, reportInMarkdown } from './report.ts';
import { credentialsRemover } from './credentials-remover.ts';

/** The layers that the stack needs. */
export const LAYERS = ['node', 'standalone-x86_64'] as const;

export interface AwsCheck {
  readonly place: Place;
  readonly checks: readonly Check[];
  /** The name of the stack; it must not exist. */
  readonly stack: string;
  /** The folder of the CDK project. */
  readonly cdkFolder: string;
  /** The folder of the layers' zip files. */
  readonly layers: string;
  /** The folder of the reports. */
  readonly reports: string;
  /** Of the extension and of the tools, by name. */
  readonly versions: Readonly<Record<string, string>>;
  readonly execute: Execute;
  /** Prints a line. */
  readonly say: (text: string) => void;
  /** Asks whether to start. */
  readonly confirm: () => Promise<boolean>;
  /** Builds the layers and the construct. */
  readonly prepare: () => Promise<void>;
  /** Ends the run early. Everything is removed nevertheless. */
  readonly signal: AbortSignal;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Exit statuses of the command. */
export const STATUS = { passed: 0, failed: 1, notStarted: 2 } as const;

/**
 * Deploys the stack, runs the checks, removes the stack, and writes the report. Resolves with the exit status.
 * Once the deployment has started, the stack is always removed.
 */
export const runAwsCheck = async (given: AwsCheck): Promise<number> => {
  const clean = credentialsRemover(given.env);
  let run: AwsCheck = { ...given, say: (text) => given.say(clean(text)) };
  try {
    const cliVersion = await findCliVersion(run.execute);
    run = { ...run, versions: { ...run.versions, 'AWS CLI': cliVersion } };
    if (!(await announce(run))) {
      run.say('Not started.');
      return STATUS.notStarted;
    }
    await run.prepare();
  } catch (error) {
    run.say(`Not started: ${messageOf(error)}`);
    return STATUS.notStarted;
  }
  const report = await deployAndCheck(run);
  writeReport(run, clean, report);
  return isSuccess(report) ? STATUS.passed : STATUS.failed;
};

/** Shows what will happen where and for how much. Resolves with whether to start. */
const announce = async ({ execute, place, stack, signal, say, confirm }: AwsCheck): Promise<boolean> => {
  const aws = new AwsCli(execute, place, signal);
  const account = await findAccount(aws);
  await checkBootstrap(aws, account);
  say(`Deploys the stack ${stack} to account ${account}, region ${place.region}, checks it, and deletes it.`);
  say('Takes an estimated 15 minutes.');
  say(describeCost(costOfRun()));
  return confirm();
};

const deployAndCheck = async (run: AwsCheck): Promise<Report> => {
  const { execute, place, stack, cdkFolder, layers, say, signal } = run;
  const startedAt = new Date().toISOString();
  const folder = mkdtempSync(join(tmpdir(), 'aws-check-'));
  const aws = new AwsCli(execute, place, signal);
  const runtimes: Record<string, string> = {};
  const cloud = reporting(new AwsCloud(aws, stack, folder, signal), runtimes);
  const results: CheckResult[] = [];
  let problem: string | undefined;
  let leftovers: readonly Leftover[] = [];
  try {
    say('Deploying …');
    await deployStack({ execute, aws, stack, cdkFolder, layers, folder, signal });
    for (const [table, item] of SEED) await cloud.putItem(table, item);
    for (const check of run.checks) {
      signal.throwIfAborted();
      results.push(await resultOf(check, cloud, signal, say));
    }
  } catch (error) {
    problem = signal.aborted ? 'it was interrupted' : messageOf(error);
    say(problem);
  } finally {
    say('Removing …');
    leftovers = await removeStack(new AwsCli(execute, place), stack, folder);
    rmSync(folder, { recursive: true, force: true });
  }
  return {
    stack,
    startedAt,
    region: place.region,
    versions: { ...run.versions, ...runtimes },
    layers: Object.fromEntries(LAYERS.map((name) => [name, digestOf(join(layers, `${name}.zip`))])),
    cost: costOfRun(),
    checks: [...results, ...run.checks.slice(results.length).map(notRun)],
    ...(problem === undefined ? {} : { problem }),
    leftovers,
  };
};

/** Notes the runtime of each function that is invoked. */
const reporting = (cloud: AwsCloud, runtimes: Record<string, string>): Cloud => ({
  invoke: async (fn, event) => {
    const invocation = await cloud.invoke(fn, event);
    runtimes[`runtime of ${fn}`] = invocation.findings.runtime;
    return invocation;
  },
  renew: (fn) => cloud.renew(fn),
  deny: (fn, isDenied) => cloud.deny(fn, isDenied),
  putItem: (table, item) => cloud.putItem(table, item),
  wait: (ms) => cloud.wait(ms),
});

const resultOf = async (
  { name, promise, run }: Check,
  cloud: Cloud,
  signal: AbortSignal,
  say: (text: string) => void,
): Promise<CheckResult> => {
  const startedAt = performance.now();
  const result = (outcome: CheckResult['outcome'], seen: string, figures = {}): CheckResult => {
    say(`${outcome}: ${name}: ${seen}`);
    return { name, promise, outcome, seen, figures, seconds: (performance.now() - startedAt) / 1_000 };
  };
  try {
    const { text, figures } = await run(cloud);
    return result('passed', text, figures);
  } catch (error) {
    if (signal.aborted) throw error;
    return result('FAILED', messageOf(error));
  }
};

const notRun = ({ name, promise }: Check): CheckResult => ({
  name,
  promise,
  outcome: 'not run',
  seen: 'The run ended before.',
  figures: {},
  seconds: 0,
});

const writeReport = ({ reports, say }: AwsCheck, clean: (text: string) => string, report: Report): void => {
  mkdirSync(reports, { recursive: true });
  const file = (extension: string) => join(reports, `${report.stack}.${extension}`);
  writeFileSync(file('json'), clean(`${JSON.stringify(report, null, 2)}\n`));
  const markdown = clean(reportInMarkdown(report));
  writeFileSync(file('md'), markdown);
  say(`\n${markdown}\nSaved as ${file('md')} and .json`);
};

const digestOf = (path: string): string => createHash('sha256').update(readFileSync(path)).digest('hex');

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
