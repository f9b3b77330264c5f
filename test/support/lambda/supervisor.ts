import type { Journal } from './journal.ts';
import type { ProcessSpec } from './options.ts';
import { ProcessGroup } from './process-group.ts';

/** How an extension's process ended. */
export interface ExtensionExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Milliseconds since SHUTDOWN was released to it; absent if it ended before that, or was not subscribed. */
  readonly msAfterShutdown: number | undefined;
}

/** Who hears of the end of a process. */
export interface Relative {
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
    relative: Relative,
  ): { pid: number } {
    const group = new ProcessGroup(name, spec, env, {
      line: (stream, line) => this.#journal.record('output', { name, stream, line }),
      launchFailed: ({ message }) => relative.launchFailed(message),
      exited: ({ code, signal, atMs }) => {
        const shutdownAtMs = this.#shutdownAtMs.get(name);
        const msAfterShutdown = shutdownAtMs === undefined ? undefined : atMs - shutdownAtMs;
        this.#exits.set(name, { code, signal, msAfterShutdown });
        this.#journal.record('exit', { name, code, signal });
        relative.exited(signal ? `signal ${signal}` : `exit code ${code}`);
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

  /** Notes that the process has been asked to end from now on. */
  noteShutdown(name: string): void {
    this.#shutdownAtMs.set(name, performance.now());
  }

  /** Lets the process end by itself for `graceMs`, then kills it. */
  async end(name: string, graceMs: number): Promise<void> {
    const group = this.#groups.get(name);
    if (!group) return;
    if (graceMs > 0) await within(group.ended, graceMs);
    this.signal(name, 'SIGKILL');
    await group.ended;
  }

  /** Kills all that runs, and waits until it has ended and all it wrote has been told. */
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
