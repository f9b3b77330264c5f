import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Journal } from './journal.ts';
import type { ProcessSpec } from './options.ts';

/** How a process ended. */
export interface ProcessExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** On the monotonic clock. */
  readonly atMs: number;
}

/** Notified about a process. */
export interface ProcessListener {
  line(stream: 'stdout' | 'stderr', line: string): void;
  exited(exit: ProcessExit): void;
  /** The process could not be started. */
  launchFailed(error: Error): void;
}

/** A process started as Lambda starts one. Signals go to its whole process group. */
export class ProcessGroup {
  readonly name: string;
  /** Resolves when the process has ended, or could not be started. */
  readonly ended: Promise<void>;
  /** Resolves when it has ended and all its output has been passed on. */
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

/** How an extension's process ended. */
export interface ExtensionExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Milliseconds since SHUTDOWN was released to it; absent if it ended before that, or was not subscribed. */
  readonly msAfterShutdown: number | undefined;
}

/** Notified when a process ends or does not start. */
export interface ProcessEvents {
  exited(how: string): void;
  launchFailed(why: string): void;
}

/** Starts, stops and ends the processes of one execution environment, each known by its name. */
export class Supervisor {
  readonly #journal: Journal;
  readonly #groups = new Map<string, ProcessGroup>();
  readonly #exits = new Map<string, ExtensionExit>();
  readonly #shutdownAtMs = new Map<string, number>();
  #frozen = false;

  constructor(journal: Journal) {
    this.#journal = journal;
  }

  start(
    name: string,
    spec: ProcessSpec,
    env: Readonly<Record<string, string>>,
    events: ProcessEvents,
  ): { pid: number } {
    const group = new ProcessGroup(name, spec, env, {
      line: (stream, line) => this.#journal.record('output', { name, stream, line }),
      launchFailed: ({ message }) => events.launchFailed(message),
      exited: ({ code, signal, atMs }) => {
        const shutdownAtMs = this.#shutdownAtMs.get(name);
        const msAfterShutdown = shutdownAtMs === undefined ? undefined : atMs - shutdownAtMs;
        this.#exits.set(name, { code, signal, msAfterShutdown });
        this.#journal.record('exit', { name, code, signal });
        events.exited(signal ? `signal ${signal}` : `exit code ${code}`);
      },
    });
    this.#groups.set(name, group);
    return group;
  }

  isRunning(name: string): boolean {
    return this.#groups.get(name)?.isRunning ?? false;
  }

  exitOf(name: string): ExtensionExit | undefined {
    return this.#exits.get(name);
  }

  signal(name: string, signal: NodeJS.Signals): void {
    if (!this.isRunning(name)) return;
    this.#journal.record('signal', { name, signal });
    this.#groups.get(name)?.signal(signal);
  }

  freeze(): void {
    this.#frozen = true;
    this.#signalAll('SIGSTOP');
  }

  thaw(): void {
    if (!this.#frozen) return;
    this.#frozen = false;
    this.#signalAll('SIGCONT');
  }

  /** Records the time at which the process was asked to end. */
  noteShutdown(name: string): void {
    this.#shutdownAtMs.set(name, performance.now());
  }

  /** Waits up to `graceMs` for the process to end, then kills it. */
  async end(name: string, graceMs: number): Promise<void> {
    const group = this.#groups.get(name);
    if (!group) return;
    if (graceMs > 0) await within(group.ended, graceMs);
    this.signal(name, 'SIGKILL');
    await group.ended;
  }

  /** Kills all processes; resolves when all have ended and all output has been recorded. */
  async endAll(): Promise<void> {
    this.#signalAll('SIGKILL');
    await Promise.all([...this.#groups.values()].map((group) => group.drained));
  }

  #signalAll(signal: NodeJS.Signals): void {
    for (const name of this.#groups.keys()) this.signal(name, signal);
  }
}

async function within(ended: Promise<void>, ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([ended, timeout]);
  clearTimeout(timer);
}
