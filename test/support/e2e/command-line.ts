import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { ProcessGroup } from '../../../tools/lambda-emulator/index.ts';

/** The built command line of the project. */
export const CLI = fileURLToPath(new URL('../../../dist/lib/bootstrap/cli.js', import.meta.url));
const TIMEOUT_MS = 20_000;

/** How the command line is started, before its arguments. */
const cliCommand = (): readonly [string, string] => {
  if (!existsSync(CLI)) throw new Error(`${CLI} is not there: build it with npm run build`);
  return [process.execPath, CLI];
};

/** How a command ended, and what it wrote. */
export interface Outcome {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

interface RunOptions {
  readonly cwd?: string;
  /** Beside `PATH`; none by default. */
  readonly env?: Readonly<Record<string, string>>;
  /** What it reads from standard input; nothing by default. */
  readonly input?: string;
  /** In place of the built command line of the project. */
  readonly command?: readonly [string, string];
}

/** Runs a command to its end, with an environment that holds no setting. */
export const runCli = async (args: readonly string[], options: RunOptions = {}): Promise<Outcome> => {
  const [node, cli] = options.command ?? cliCommand();
  const child = spawn(node, [cli, ...args], {
    cwd: options.cwd,
    env: { PATH: process.env.PATH, ...options.env },
    timeout: TIMEOUT_MS,
  });
  // A command that does not read its input closes it.
  child.stdin.once('error', () => undefined).end(options.input ?? '');
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject).once('close', resolve);
  });
  const [stdout, stderr, status] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  return { status, stdout, stderr };
};

/** A command that runs on. */
export interface RunningCli {
  readonly stderr: readonly string[];
  /** Resolves with the first line on stderr that matches; rejects if the command ends before. */
  whenSaid(pattern: RegExp): Promise<RegExpMatchArray>;
  signal(signal: NodeJS.Signals): void;
  /** Resolves with the exit status when it has ended. */
  readonly ended: Promise<number | null>;
}

/** Starts a command that runs until a signal ends it. */
export const startCli = (
  args: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>>,
): RunningCli => {
  const stderr: string[] = [];
  const listeners = new Set<() => void>();
  let status: number | null = null;
  const group = new ProcessGroup(
    'command line',
    { command: [...cliCommand(), ...args], cwd },
    { PATH: String(process.env.PATH), ...env },
    {
      line: (stream, line) => {
        if (stream === 'stderr') stderr.push(line);
        for (const listener of listeners) listener();
      },
      exited: ({ code }) => {
        status = code;
      },
      launchFailed: () => undefined,
    },
  );
  const ended = group.drained.then(() => status);
  return {
    stderr,
    ended,
    signal: (signal) => group.signal(signal),
    whenSaid: (pattern) =>
      new Promise((resolve, reject) => {
        const look = () => {
          const found = stderr.map((line) => line.match(pattern)).find((match) => match !== null);
          if (found) resolve(found);
        };
        listeners.add(look);
        look();
        void ended.then(() => reject(new Error(`it ended with ${status}: ${stderr.join('\n')}`)));
      }),
  };
};
