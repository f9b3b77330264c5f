import type { ApiServer } from './api-server.ts';
import { functionArn } from './environment.ts';
import { type InvokeResult, newInvocation } from './invocation.ts';
import type { Journal, JournalEntry, Which } from './journal.ts';
import { LambdaFailure } from './lambda-failure.ts';
import type { LambdaOptions } from './options.ts';
import { Sandbox } from './sandbox.ts';
import type { ExtensionExit } from './supervisor.ts';

/** One function with its extension, in one execution environment at a time. Made by `startLambda`. */
export class Lambda {
  readonly journal: Journal;
  /** `host:port` of the Extensions API and the Runtime API. */
  readonly runtimeApi: string;
  readonly #options: LambdaOptions;
  readonly #server: ApiServer;
  readonly #publish: (sandbox: Sandbox | undefined) => void;
  #sandbox: Sandbox | undefined;
  #exit: ExtensionExit | undefined;

  constructor(
    options: LambdaOptions,
    server: ApiServer,
    journal: Journal,
    publish: (sandbox: Sandbox | undefined) => void,
  ) {
    this.#options = options;
    this.#server = server;
    this.#publish = publish;
    this.journal = journal;
    this.runtimeApi = server.address;
  }

  /** Resolves with the n-th entry of the kind, or the first that fits: the barrier to wait at instead of sleeping. */
  when(kind: string, which?: Which): Promise<JournalEntry> {
    return this.journal.when(kind, which);
  }

  /** What the extension has written, line by line. */
  get output(): readonly string[] {
    const { name } = this.#options.extension;
    return this.journal.entries
      .filter((entry) => entry.kind === 'output' && entry.name === name)
      .map(({ line }) => String(line));
  }

  /** How the extension's process ended, if one has; the latest, after a reset. */
  get exit(): ExtensionExit | undefined {
    return this.#sandbox?.exitOf(this.#options.extension.name) ?? this.#exit;
  }

  /**
   * Runs the init phase.
   *
   * @throws {LambdaFailure} after which nothing runs any more, and the next invocation begins with an init of its own
   */
  init(): Promise<void> {
    return handled(this.#init());
  }

  /**
   * Invokes the function, thawing the environment, or making a new one if there is none.
   * Resolves when the environment is free again; `when('response')` is when the caller would have the answer.
   *
   * @throws {LambdaFailure} after a reset
   */
  invoke(payload?: unknown): Promise<InvokeResult> {
    return handled(this.#invoke(payload));
  }

  /** Runs the shutdown phase, and tells how the extension took it. */
  async shutdown(reason = 'spindown'): Promise<ExtensionExit> {
    await this.#end(reason);
    if (!this.#exit) throw new Error('the extension was never started');
    return this.#exit;
  }

  /** Stops the environment's processes, as Lambda does between invocations. */
  freeze(): void {
    this.#sandbox?.freeze();
  }

  /** Lets them run again. */
  thaw(): void {
    this.#sandbox?.thaw();
  }

  /** Kills what still runs, and ends everything. */
  async close(): Promise<void> {
    await this.#sandbox?.kill();
    await this.#server.close();
    this.journal.close();
  }

  async #init(): Promise<void> {
    try {
      await this.#start(Date.now() + (this.#options.initTimeoutMs ?? 10_000), false);
    } catch (failure) {
      if (failure instanceof LambdaFailure) await this.#end(reasonOf(failure));
      throw failure;
    }
  }

  async #invoke(payload: unknown): Promise<InvokeResult> {
    const deadlineMs = Date.now() + (this.#options.timeoutMs ?? 10_000);
    const invocation = newInvocation(payload, deadlineMs, functionArn(this.#options));
    const { requestId } = invocation;
    this.journal.record('invoke-start', { requestId });
    try {
      const sandbox = this.#sandbox ?? (await this.#start(deadlineMs, true));
      sandbox.thaw();
      const result = await sandbox.invoke(invocation);
      this.journal.record('invoke-done', { requestId });
      return result;
    } catch (failure) {
      if (!(failure instanceof LambdaFailure)) throw failure;
      this.journal.record('invoke-failed', { requestId, errorType: failure.errorType });
      await this.#end(reasonOf(failure));
      throw failure;
    }
  }

  async #start(deadlineMs: number, suppressed: boolean): Promise<Sandbox> {
    if (this.#sandbox) throw new Error('the environment has been started already');
    const sandbox = new Sandbox(this.#options, this.runtimeApi, this.journal);
    this.#become(sandbox);
    try {
      await sandbox.init(deadlineMs);
    } catch (failure) {
      if (failure instanceof LambdaFailure) {
        this.journal.record('init-failed', { suppressed, errorType: failure.errorType });
      }
      throw failure;
    }
    this.journal.record('init-done', { suppressed });
    return sandbox;
  }

  async #end(reason: string): Promise<void> {
    const sandbox = this.#sandbox;
    if (!sandbox) return;
    this.journal.record('shutdown', { reason });
    await sandbox.stop(reason);
    this.#exit = sandbox.exitOf(this.#options.extension.name);
    this.#become(undefined);
  }

  #become(sandbox: Sandbox | undefined): void {
    this.#sandbox = sandbox;
    this.#publish(sandbox);
  }
}

function reasonOf({ errorType }: LambdaFailure): string {
  return errorType === 'Sandbox.Timedout' ? 'timeout' : 'failure';
}

/** A test that has seen enough may close the emulator without waiting; the rejection that follows is nobody's fault. */
function handled<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined);
  return promise;
}
