import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { ProcessSpec } from './options.ts';

/** How a process ended. */
export interface ProcessExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** On the monotonic clock. */
  readonly atMs: number;
}

/** What is told about a process. */
export interface ProcessListener {
  line(stream: 'stdout' | 'stderr', line: string): void;
  exited(exit: ProcessExit): void;
  /** The process could not be started. */
  launchFailed(error: Error): void;
}

/** A process started as Lambda starts one; signals go to all of its group. */
export class ProcessGroup {
  readonly name: string;
  /** Resolves when the process has ended, or could not be started. */
  readonly ended: Promise<void>;
  /** Resolves when it has ended and all it wrote has been told. */
  readonly drained: Promise<void>;
  readonly #child: ChildProcess;
  #exit: ProcessExit | undefined;

  constructor(
    name: string,
    spec: ProcessSpec,
    env: Readonly<Record<string, string>>,
    listener: ProcessListener,
  ) {
    this.name = name;
    const [file, ...args] = typeof spec.command === 'string' ? [spec.command] : spec.command;
    const child = spawn(file, args, {
      cwd: spec.cwd ?? '/',
      env: { ...env },
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child = child;
    createInterface({ input: child.stdout }).on('line', (line) => listener.line('stdout', line));
    createInterface({ input: child.stderr }).on('line', (line) => listener.line('stderr', line));
    const launchFailed = new Promise<void>((resolve) => {
      child.once('error', (error) => {
        if (child.pid !== undefined) return;
        listener.launchFailed(error);
        resolve();
      });
    });
    const exited = new Promise<void>((resolve) => {
      child.once('exit', (code, signal) => {
        this.#exit = { code, signal, atMs: performance.now() };
        listener.exited(this.#exit);
        resolve();
      });
    });
    const closed = new Promise<void>((resolve) => child.once('close', () => resolve()));
    this.ended = Promise.race([exited, launchFailed]);
    this.drained = Promise.race([closed, launchFailed]);
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  get isRunning(): boolean {
    return this.#child.pid !== undefined && this.#exit === undefined;
  }

  signal(signal: NodeJS.Signals): void {
    if (this.isRunning) process.kill(-this.pid, signal);
  }
}
