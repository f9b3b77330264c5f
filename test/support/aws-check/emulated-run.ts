import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CHECKS } from '../../../deploy/aws-check/checks/index.ts';
import { type AwsCheck, LAYERS, runAwsCheck } from '../../../deploy/aws-check/run-aws-check.ts';
import { type AccountFaults, EmulatedAccount, STACK } from './emulated-account.ts';

/** How a run on an emulated account ended. */
export interface EmulatedRun {
  readonly status: number;
  readonly output: string;
  /** The saved reports by their extensions; empty without any. */
  readonly reports: Readonly<Record<string, string>>;
  readonly calls: readonly string[];
  readonly hasStack: boolean;
}

interface RunOptions extends AccountFaults {
  /** The names of the checks; all by default. */
  readonly only?: readonly string[];
  readonly overrides?: Partial<AwsCheck>;
}

/** Runs the command on an emulated account. */
export const runOnEmulatedAccount = async ({
  only,
  overrides,
  ...faults
}: RunOptions = {}): Promise<EmulatedRun> => {
  const account = await EmulatedAccount.open(faults);
  const folder = mkdtempSync(join(tmpdir(), 'aws-check-test-'));
  for (const layer of LAYERS) writeFileSync(join(folder, `${layer}.zip`), layer);
  const said: string[] = [];
  try {
    const status = await runAwsCheck({
      place: { profile: 'test', region: 'eu-west-1' },
      checks: CHECKS.filter(({ name }) => only?.includes(name) ?? true),
      stack: STACK,
      cdkFolder: '/deploy/cdk',
      layers: folder,
      reports: join(folder, 'reports'),
      versions: { extension: '0.0.0' },
      execute: account.execute,
      say: (text) => said.push(text),
      confirm: async () => true,
      prepare: async () => undefined,
      signal: new AbortController().signal,
      env: {},
      ...overrides,
    });
    return {
      status,
      output: said.join('\n'),
      reports: readReports(join(folder, 'reports')),
      calls: account.calls,
      hasStack: account.hasStack,
    };
  } finally {
    await account.close();
    rmSync(folder, { recursive: true });
  }
};

const readReports = (folder: string): Record<string, string> => {
  try {
    return Object.fromEntries(
      readdirSync(folder).map((name) => [
        name.split('.').at(-1) ?? '',
        readFileSync(join(folder, name), 'utf8'),
      ]),
    );
  } catch {
    return {};
  }
};
