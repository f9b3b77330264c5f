import { randomBytes } from 'node:crypto';
import { createInterface } from 'node:readline/promises';
import { execute } from './aws/execute.ts';
import { CHECKS } from './checks/index.ts';
import { LAYERS, runAwsCheck } from './run-aws-check.ts';

/** What `run.mjs` knows of the checkout and of the command line. */
export interface MainOptions {
  readonly profile?: string;
  readonly region: string;
  /** Starts without a question. */
  readonly yes: boolean;
  readonly cdkFolder: string;
  readonly layers: string;
  readonly reports: string;
  readonly versions: Readonly<Record<string, string>>;
  /** Builds the construct and the layers with these names. */
  readonly prepare: (layers: readonly string[]) => Promise<void>;
}

/** Runs the checks on AWS; resolves with the exit status. */
export const main = ({ profile, region, yes, prepare, ...paths }: MainOptions): Promise<number> => {
  const abort = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      console.error('Interrupted: removing the stack. Wait for the end.');
      abort.abort();
    });
  }
  return runAwsCheck({
    ...paths,
    place: { region, ...(profile === undefined ? {} : { profile }) },
    checks: CHECKS,
    stack: `dynamodb-cache-check-${randomBytes(4).toString('hex')}`,
    execute,
    say: (text) => console.log(text),
    confirm: yes ? async () => true : () => askToStart(abort.signal),
    prepare: () => prepare(LAYERS),
    signal: abort.signal,
    env: process.env,
  });
};

const askToStart = async (signal: AbortSignal): Promise<boolean> => {
  if (!process.stdin.isTTY) {
    console.error('There is no terminal to ask. Use --yes to start.');
    return false;
  }
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  terminal.once('SIGINT', () => process.kill(process.pid, 'SIGINT'));
  try {
    return /^y(es)?$/i.test((await terminal.question('Start? (yes/no) ', { signal })).trim());
  } finally {
    terminal.close();
  }
};
