import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';

/** How a command ended. */
export interface CommandResult {
  /** Null if the program was not found or a signal ended it. */
  readonly status: number | null;
  readonly isMissing?: boolean;
  readonly stdout: string;
  readonly stderr: string;
}

export interface ExecuteOptions {
  readonly cwd?: string;
  /** Added to the environment of this process. */
  readonly env?: Readonly<Record<string, string>>;
  /** Ends the command. */
  readonly signal?: AbortSignal;
}

/** Runs a program to its end. Never rejects. */
export type Execute = (
  program: string,
  args: readonly string[],
  options?: ExecuteOptions,
) => Promise<CommandResult>;

export const execute: Execute = async (program, args, { cwd, env, signal } = {}) => {
  // In a process group of its own: Ctrl-C ends the checks, and must not end the removal.
  const child = spawn(program, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
    env: { ...process.env, ...env },
    ...(cwd === undefined ? {} : { cwd }),
    ...(signal === undefined ? {} : { signal }),
  });
  const ended = new Promise<{ status: number | null; isMissing?: boolean }>((resolve) => {
    child.once('error', ({ message }) => resolve({ status: null, isMissing: /ENOENT/.test(message) }));
    child.once('close', (status) => resolve({ status }));
  });
  const [stdout, stderr, how] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  return { ...how, stdout, stderr };
};
