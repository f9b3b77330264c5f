import { randomUUID } from 'node:crypto';
import { HandlerRuntime } from './api-client.ts';
import { type Extension, ExtensionRegistry, type ExtensionsHost } from './extensions-api.ts';
import type { Journal } from './journal.ts';
import {
  type EnvironmentPlace,
  type ExtensionSpec,
  extensionEnvironment,
  type LambdaOptions,
  runtimeEnvironment,
} from './options.ts';
import { type ExtensionExit, Supervisor } from './processes.ts';
import { type Invocation, type InvokeResult, Runtime, type RuntimeHost } from './runtime-api.ts';

/** Why an init or an invocation failed; `errorType` is Lambda's, for example `Extension.Crash`. */
export class LambdaFailure extends Error {
  override readonly name = 'LambdaFailure';
  readonly errorType: string;

  constructor(errorType: string, message: string) {
    super(`${errorType}: ${message}`);
    this.errorType = errorType;
  }
}

/** Waits for states to be reached; after the first failure every wait rejects. */
class PhaseProgress {
  readonly #watchers = new Set<() => void>();
  #blamed: LambdaFailure | undefined;
  #failure: LambdaFailure | undefined;

  get failure(): LambdaFailure | undefined {
    return this.#failure;
  }

  /** Checks all pending waits again. */
  changed(): void {
    for (const watcher of [...this.#watchers]) watcher();
  }

  /** Keeps the first reason reported for a failure to come. */
  blame(errorType: string, message: string): void {
    this.#blamed ??= new LambdaFailure(errorType, message);
  }

  /** Rejects all waits, now and later, with the first failure or the reason reported for it. */
  fail(errorType: string, message: string): void {
    this.#failure ??= this.#blamed ?? new LambdaFailure(errorType, message);
    this.changed();
  }

  /** Resolves once the state is reached; `deadlineMs` is wall time. */
  until(reached: () => boolean, deadlineMs: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const waitMs = deadlineMs - Date.now();
      const settle = (how: () => void) => {
        clearTimeout(timer);
        this.#watchers.delete(watcher);
        how();
      };
      const watcher = () => {
        if (this.#failure) settle(() => reject(this.#failure));
        else if (reached()) settle(resolve);
      };
      const timer = setTimeout(() => {
        const message = `Task timed out after ${(waitMs / 1000).toFixed(2)} seconds`;
        settle(() => reject(new LambdaFailure('Sandbox.Timedout', message)));
      }, waitMs);
      this.#watchers.add(watcher);
      watcher();
    });
  }
}

const RUNTIME = 'runtime';

/** One execution environment and its phases, from the start of its processes to their end. */
export class ExecutionEnvironment implements ExtensionsHost, RuntimeHost {
  readonly extensions: ExtensionRegistry;
  readonly runtime = new Runtime();
  readonly #options: LambdaOptions;
  readonly #specs: readonly ExtensionSpec[];
  readonly #place: EnvironmentPlace;
  readonly #journal: Journal;
  readonly #supervisor: Supervisor;
  readonly #progress = new PhaseProgress();
  #handlerRuntime: HandlerRuntime | undefined;
  #runtimeWasReady = false;
  #stopped: Promise<void> | undefined;

  constructor(options: LambdaOptions, place: EnvironmentPlace, journal: Journal) {
    const refusesInvoke = options.refuseInvoke ?? options.initializationType === 'lambda-managed-instances';
    this.#options = options;
    this.#specs = [options.extension, ...(options.otherExtensions ?? [])];
    this.#place = place;
    this.#journal = journal;
    this.#supervisor = new Supervisor(journal);
    this.extensions = new ExtensionRegistry(
      this.#specs.map(({ name }) => name),
      refusesInvoke,
    );
  }

  /** Starts the extensions, then, when all have registered, the runtime. Resolves when all have called next. */
  async init(deadlineMs: number): Promise<void> {
    for (const extension of this.#specs) this.#startExtension(extension);
    await this.#progress.until(
      () => this.extensions.external.every(({ state }) => state !== 'Started'),
      deadlineMs,
    );
    this.#startRuntime();
    await this.#progress.until(() => this.runtime.isReady, deadlineMs);
    await this.#progress.until(() => this.extensions.all.every(({ state }) => state === 'Ready'), deadlineMs);
  }

  /** Resolves when the runtime and all extensions that subscribe to INVOKE have called next again. */
  async invoke(invocation: Invocation): Promise<InvokeResult> {
    if (this.#progress.failure) throw this.#progress.failure;
    const subscribed = this.extensions.all.filter((extension) => extension.subscribesTo('INVOKE'));
    for (const extension of subscribed) extension.release(invokeEvent(invocation));
    this.runtime.release(invocation);
    const isDone = () => this.runtime.isReady && subscribed.every(({ state }) => state === 'Ready');
    await this.#progress.until(isDone, invocation.deadlineMs);
    if (!this.runtime.result) throw new Error('the runtime asked for more before it had answered');
    return this.runtime.result;
  }

  /** Ends the runtime, then the extensions, by the rules of the shutdown phase. */
  stop(reason: string): Promise<void> {
    this.#stopped ??= this.#stop(reason);
    return this.#stopped;
  }

  /** Kills everything without notice. */
  async kill(): Promise<void> {
    this.#stopped ??= Promise.resolve();
    this.#progress.fail('Sandbox.Stopped', 'the environment was closed');
    this.#handlerRuntime?.stop();
    await this.#supervisor.endAll();
  }

  /** Stops all processes with SIGSTOP. A function that is a handler keeps running. */
  freeze(): void {
    this.#supervisor.freeze();
  }

  /** Resumes the processes. */
  thaw(): void {
    this.#supervisor.thaw();
  }

  exitOf(extension: string): ExtensionExit | undefined {
    return this.#supervisor.exitOf(extension);
  }

  changed(): void {
    this.#progress.changed();
  }

  blame(errorType: string, message: string): void {
    this.#progress.blame(errorType, message);
  }

  runtimeReady(): void {
    this.#journal.record(this.#runtimeWasReady ? 'runtime-done' : 'runtime-ready', { name: RUNTIME });
    this.#runtimeWasReady = true;
    this.extensions.closeRegistration();
    this.#progress.changed();
  }

  #startExtension(extension: ExtensionSpec): void {
    const { name } = extension;
    const env = extensionEnvironment(this.#options, this.#place, extension.env);
    const { pid } = this.#supervisor.start(name, extension, env, {
      launchFailed: (why) => this.#progress.fail('Extension.LaunchError', why),
      // Even with exit code 0: an extension must not end before the shutdown phase.
      exited: (how) => this.#progress.fail('Extension.Crash', how),
    });
    this.#journal.record('extension-started', { name, pid });
  }

  #startRuntime(): void {
    const { functionProcess, handler = (event) => event } = this.#options;
    let pid = 0;
    if (functionProcess) {
      const env = runtimeEnvironment(this.#options, this.#place, functionProcess.env);
      ({ pid } = this.#supervisor.start(RUNTIME, functionProcess, env, {
        launchFailed: (why) => this.#progress.fail('Runtime.InvalidEntrypoint', why),
        exited: (how) => this.#progress.fail('Runtime.ExitError', how),
      }));
    }
    this.#journal.record('runtime-started', { name: RUNTIME, pid });
    if (!functionProcess) this.#handlerRuntime = new HandlerRuntime(this.#place.runtimeApi, handler);
  }

  async #stop(reason: string): Promise<void> {
    this.thaw();
    this.#progress.fail('Sandbox.Stopped', `the environment was shut down: ${reason}`);
    const hasAgents = this.extensions.all.some(({ state }) => state !== 'Started');
    const deadlineMs = Date.now() + (this.#options.shutdownMs ?? 2000);
    this.#handlerRuntime?.stop();
    // Without any extension the runtime gets no notice.
    if (hasAgents) this.#supervisor.signal(RUNTIME, 'SIGTERM');
    await this.#supervisor.end(RUNTIME, hasAgents ? (this.#options.runtimeGraceMs ?? 300) : 0);
    await Promise.all(
      this.extensions.external.map((extension) => this.#stopExtension(extension, reason, deadlineMs)),
    );
    await this.#supervisor.endAll();
  }

  async #stopExtension(extension: Extension, reason: string, deadlineMs: number): Promise<void> {
    const isTold = this.#supervisor.isRunning(extension.name) && extension.subscribesTo('SHUTDOWN');
    if (isTold) {
      this.#supervisor.noteShutdown(extension.name);
      extension.release({ headers: {}, body: { eventType: 'SHUTDOWN', shutdownReason: reason, deadlineMs } });
    }
    await this.#supervisor.end(extension.name, isTold ? deadlineMs - Date.now() : 0);
  }
}

function invokeEvent({ deadlineMs, requestId, functionArn, traceId }: Invocation) {
  return {
    headers: { 'Lambda-Extension-Event-Identifier': randomUUID() },
    body: {
      eventType: 'INVOKE' as const,
      deadlineMs,
      requestId,
      invokedFunctionArn: functionArn,
      tracing: { type: 'X-Amzn-Trace-Id', value: traceId },
    },
  };
}
