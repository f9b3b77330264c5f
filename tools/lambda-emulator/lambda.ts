import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ApiError, type ApiRequest, ApiServer } from './api-server.ts';
import { ExecutionEnvironment, LambdaFailure } from './execution-environment.ts';
import { extensionsApi } from './extensions-api.ts';
import { Journal, type JournalEntry, type Which } from './journal.ts';
import { functionArn, type LambdaOptions } from './options.ts';
import type { ExtensionExit } from './processes.ts';
import { credentialsApi, type InvokeResult, newInvocation, runtimeApi } from './runtime-api.ts';

/**
 * Starts an emulated Lambda. It serves the APIs; processes start with `init` or `invoke`.
 *
 * @example
 * const lambda = await startLambda({ extension: { name: 'my-extension', command: '/opt/extensions/my-extension' } });
 * await lambda.init();
 * const { payload } = await lambda.invoke({ greeting: 'hello' });
 * const { code, msAfterShutdown } = await lambda.shutdown();
 * await lambda.close();
 */
export async function startLambda(options: LambdaOptions): Promise<Lambda> {
  const journal = new Journal();
  let environment: ExecutionEnvironment | undefined;
  const current = () => {
    if (environment) return environment;
    throw new ApiError(
      'ContainerError',
      'Container error. Non-recoverable state. Extension should exit promptly',
      500,
    );
  };
  const server = await ApiServer.listen(
    [extensionsApi(current, journal, options), runtimeApi(current, journal), credentialsApi(journal)],
    ({ method, path }: ApiRequest, { errorType, message }) => {
      journal.record('refused', { call: `${method} ${path}`, errorType, message });
    },
  );
  return new Lambda(options, server, journal, (next) => {
    environment = next;
  });
}

/** One function with its extension, in one execution environment at a time. Made by `startLambda`. */
export class Lambda {
  readonly journal: Journal;
  /** `host:port` of the Extensions API and the Runtime API. */
  readonly runtimeApi: string;
  readonly #options: LambdaOptions;
  readonly #server: ApiServer;
  readonly #publish: (environment: ExecutionEnvironment | undefined) => void;
  #environment: ExecutionEnvironment | undefined;
  #exit: ExtensionExit | undefined;
  /** In place of `/tmp`; absent while there is no execution environment. */
  #temporaryFolder: string | undefined;

  constructor(
    options: LambdaOptions,
    server: ApiServer,
    journal: Journal,
    publish: (environment: ExecutionEnvironment | undefined) => void,
  ) {
    this.#options = options;
    this.#server = server;
    this.#publish = publish;
    this.journal = journal;
    this.runtimeApi = server.address;
  }

  /** Resolves with the n-th entry of the kind, or the first that fits. Use it instead of sleeping. */
  when(kind: string, which?: Which): Promise<JournalEntry> {
    return this.journal.when(kind, which);
  }

  /** The lines that the extension has written. */
  get output(): readonly string[] {
    const { name } = this.#options.extension;
    return this.journal.entries
      .filter((entry) => entry.kind === 'output' && entry.name === name)
      .map(({ line }) => String(line));
  }

  /** How the extension's process ended last, if it has. */
  get exit(): ExtensionExit | undefined {
    return this.#environment?.exitOf(this.#options.extension.name) ?? this.#exit;
  }

  /**
   * Runs the init phase.
   *
   * @throws {LambdaFailure} after stopping all processes; the next invocation starts with a new init
   */
  init(): Promise<void> {
    return handled(this.#init());
  }

  /**
   * Invokes the function. Thaws the environment, or creates one if there is none.
   * Resolves when the runtime and the extensions have called next again; the caller has its answer at `when('response')`.
   *
   * @throws {LambdaFailure} after a reset
   */
  invoke(payload?: unknown): Promise<InvokeResult> {
    return handled(this.#invoke(payload));
  }

  /** Runs the shutdown phase; resolves with how the extension ended. */
  async shutdown(reason = 'spindown'): Promise<ExtensionExit> {
    await this.#end(reason);
    this.#removeTemporaryFolder();
    if (!this.#exit) throw new Error('the extension was never started');
    return this.#exit;
  }

  /** Stops the environment's processes, as Lambda does between invocations. */
  freeze(): void {
    this.#environment?.freeze();
  }

  /** Resumes the processes. */
  thaw(): void {
    this.#environment?.thaw();
  }

  /** Kills running processes and closes the APIs. */
  async close(): Promise<void> {
    await this.#environment?.kill();
    this.#removeTemporaryFolder();
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
      const environment = this.#environment ?? (await this.#start(deadlineMs, true));
      environment.thaw();
      const result = await environment.invoke(invocation);
      this.journal.record('invoke-done', { requestId });
      return result;
    } catch (failure) {
      if (!(failure instanceof LambdaFailure)) throw failure;
      this.journal.record('invoke-failed', { requestId, errorType: failure.errorType });
      await this.#end(reasonOf(failure));
      throw failure;
    }
  }

  async #start(deadlineMs: number, suppressed: boolean): Promise<ExecutionEnvironment> {
    if (this.#environment) throw new Error('the environment has been started already');
    const place = { runtimeApi: this.runtimeApi, temporaryFolder: this.#keptTemporaryFolder() };
    const environment = new ExecutionEnvironment(this.#options, place, this.journal);
    this.#become(environment);
    try {
      await environment.init(deadlineMs);
    } catch (failure) {
      if (failure instanceof LambdaFailure) {
        this.journal.record('init-failed', { suppressed, errorType: failure.errorType });
      }
      throw failure;
    }
    this.journal.record('init-done', { suppressed });
    return environment;
  }

  async #end(reason: string): Promise<void> {
    const environment = this.#environment;
    if (!environment) return;
    this.journal.record('shutdown', { reason });
    await environment.stop(reason);
    this.#exit = environment.exitOf(this.#options.extension.name);
    this.#become(undefined);
  }

  /** The folder of the environment before if that was reset, or else an empty one. */
  #keptTemporaryFolder(): string {
    if (this.#temporaryFolder === undefined) {
      this.#temporaryFolder = mkdtempSync(join(tmpdir(), 'lambda-emulator-'));
      // The extension may run as another user.
      chmodSync(this.#temporaryFolder, 0o1777);
    }
    return this.#temporaryFolder;
  }

  #removeTemporaryFolder(): void {
    if (this.#temporaryFolder !== undefined) rmSync(this.#temporaryFolder, { recursive: true, force: true });
    this.#temporaryFolder = undefined;
  }

  #become(environment: ExecutionEnvironment | undefined): void {
    this.#environment = environment;
    this.#publish(environment);
  }
}

function reasonOf({ errorType }: LambdaFailure): string {
  return errorType === 'Sandbox.Timedout' ? 'timeout' : 'failure';
}

/** A test may close the emulator without awaiting the call; the rejection is then not unhandled. */
function handled<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined);
  return promise;
}
