import { spawn } from 'node:child_process';
import { once } from 'node:events';
import process from 'node:process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** Whether attacks run at full size: `npm run abuse`. The ordinary run uses smaller ones with the same bounds. */
export const IS_FULL_SIZE = process.env.ABUSE === 'full';

/** Prints a measured figure, one line each, when attacks run at full size. */
export const reportFigure = (name: string, value: string | number): void => {
  if (IS_FULL_SIZE) process.stderr.write(`figure: ${name}: ${value}\n`);
};

const PROBE = fileURLToPath(new URL('./probe.mjs', import.meta.url));

/** What other callers notice of a program while something else is going on. */
interface Probed {
  readonly probes: number;
  /** Probes that ended without an answer. */
  readonly failures: number;
  /** The longest time that the program's main thread computed while a probe waited, in milliseconds. */
  readonly longestMs: number;
  /** The longest wait of a probe in wall time, in milliseconds; on a busy machine larger than `longestMs`. */
  readonly longestWallMs: number;
}

/** The program, as `FloodedProgram` starts it. */
interface Probeable {
  readonly url: string;
  readonly pid: number;
}

/** Probes a program from a process of its own while `work` runs. Linux only. */
export const probedDuring = async (program: Probeable, work: () => Promise<unknown>): Promise<Probed> => {
  const port = new URL(program.url).port;
  const child = spawn(process.execPath, [PROBE, port, String(program.pid)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  await lines.next();
  try {
    await work();
  } finally {
    child.stdin.end();
  }
  const { value } = await lines.next();
  await exited;
  return JSON.parse(value);
};
