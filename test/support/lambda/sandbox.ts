import { randomUUID } from 'node:crypto';
import type { Agent } from './agent.ts';
import { Agents } from './agents.ts';
import { extensionEnvironment, runtimeEnvironment } from './environment.ts';
import type { ExtensionsHost } from './extensions-api.ts';
import { Flow } from './flow.ts';
import { HandlerRuntime } from './handler-runtime.ts';
import type { Invocation, InvokeResult } from './invocation.ts';
import type { Journal } from './journal.ts';
import type { ExtensionSpec, LambdaOptions } from './options.ts';
import { Runtime } from './runtime.ts';
import type { RuntimeHost } from './runtime-api.ts';
import { type ExtensionExit, Supervisor } from './supervisor.ts';

const RUNTIME = 'runtime';
const RUNTIME_GRACE_MS = 300;

/** One execution environment and its phases, from the start of its processes to their end. */
export class Sandbox implements ExtensionsHost, RuntimeHost {
  readonly agents: Agents;
  readonly runtime = new Runtime();
  readonly #options: LambdaOptions;
  readonly #extensions: readonly ExtensionSpec[];
  readonly #runtimeApi: string;
  readonly #journal: Journal;
  readonly #supervisor: Supervisor;
  readonly #flow = new Flow();
  #handlerRuntime: HandlerRuntime | undefined;
  #runtimeWasReady = false;
  #stopped: Promise<void> | undefined;

  constructor(options: LambdaOptions, runtimeApi: string, journal: Journal) {
    const refusesInvoke = options.refuseInvoke ?? options.initializationType === 'lambda-managed-instances';
    this.#options = options;
    this.#extensions = [options.extension, ...(options.otherExtensions ?? [])];
    this.#runtimeApi = runtimeApi;
    this.#journal = journal;
    this.#supervisor = new Supervisor(journal);
    this.agents = new Agents(
      this.#extensions.map(({ name }) => name),
      refusesInvoke,
    );
  }

  /** Starts the extensions; when all have registered, the runtime; resolves when all have called next. */
  async init(deadlineMs: number): Promise<void> {
    for (const extension of this.#extensions) this.#startExtension(extension);
    await this.#flow.until(() => this.agents.external.every(({ state }) => state !== 'Started'), deadlineMs);
    this.#startRuntime();
    await this.#flow.until(() => this.runtime.isReady, deadlineMs);
    await this.#flow.until(() => this.agents.all.every(({ state }) => state === 'Ready'), deadlineMs);
  }

  /** Resolves when the runtime and all agents that subscribe to INVOKE have called next again. */
  async invoke(invocation: Invocation): Promise<InvokeResult> {
    if (this.#flow.failure) throw this.#flow.failure;
    const subscribed = this.agents.all.filter((agent) => agent.subscribesTo('INVOKE'));
    for (const agent of subscribed) agent.release(invokeEvent(invocation));
    this.runtime.release(invocation);
    const isDone = () => this.runtime.isReady && subscribed.every(({ state }) => state === 'Ready');
    await this.#flow.until(isDone, invocation.deadlineMs);
    if (!this.runtime.result) throw new Error('the runtime asked for more before it had answered');
    return this.runtime.result;
  }

  /** Ends the runtime, then the extensions, by the rules of the shutdown phase. */
  stop(reason: string): Promise<void> {
    this.#stopped ??= this.#stop(reason);
    return this.#stopped;
  }

  /** Ends everything without notice. */
  async kill(): Promise<void> {
    this.#stopped ??= Promise.resolve();
    this.#flow.fail('Sandbox.Stopped', 'the environment was closed');
    this.#handlerRuntime?.stop();
    await this.#supervisor.endAll();
  }

  /** Stops all processes where they are. A function that is a handler runs on. */
  freeze(): void {
    this.#supervisor.freeze();
  }

  /** Lets them run again. */
  thaw(): void {
    this.#supervisor.thaw();
  }

  exitOf(extension: string): ExtensionExit | undefined {
    return this.#supervisor.exitOf(extension);
  }

  changed(): void {
    this.#flow.changed();
  }

  blame(errorType: string, message: string): void {
    this.#flow.blame(errorType, message);
  }

  runtimeReady(): void {
    this.#journal.record(this.#runtimeWasReady ? 'runtime-done' : 'runtime-ready', { name: RUNTIME });
    this.#runtimeWasReady = true;
    this.agents.closeRegistration();
    this.#flow.changed();
  }

  #startExtension(extension: ExtensionSpec): void {
    const { name } = extension;
    const env = extensionEnvironment(this.#options, this.#runtimeApi, extension.env);
    const { pid } = this.#supervisor.start(name, extension, env, {
      launchFailed: (why) => this.#flow.fail('Extension.LaunchError', why),
      // Even with exit code 0: outside the shutdown phase nobody may leave.
      exited: (how) => this.#flow.fail('Extension.Crash', how),
    });
    this.#journal.record('extension-started', { name, pid });
  }

  #startRuntime(): void {
    const { functionProcess, handler = (event) => event } = this.#options;
    let pid = 0;
    if (functionProcess) {
      const env = runtimeEnvironment(this.#options, this.#runtimeApi, functionProcess.env);
      ({ pid } = this.#supervisor.start(RUNTIME, functionProcess, env, {
        launchFailed: (why) => this.#flow.fail('Runtime.InvalidEntrypoint', why),
        exited: (how) => this.#flow.fail('Runtime.ExitError', how),
      }));
    }
    this.#journal.record('runtime-started', { name: RUNTIME, pid });
    if (!functionProcess) this.#handlerRuntime = new HandlerRuntime(this.#runtimeApi, handler);
  }

  async #stop(reason: string): Promise<void> {
    this.thaw();
    this.#flow.fail('Sandbox.Stopped', `the environment was shut down: ${reason}`);
    const hasAgents = this.agents.all.some(({ state }) => state !== 'Started');
    const deadlineMs = Date.now() + (this.#options.shutdownMs ?? 2000);
    this.#handlerRuntime?.stop();
    // Without any extension the runtime gets no notice.
    if (hasAgents) this.#supervisor.signal(RUNTIME, 'SIGTERM');
    await this.#supervisor.end(RUNTIME, hasAgents ? RUNTIME_GRACE_MS : 0);
    await Promise.all(this.agents.external.map((agent) => this.#stopExtension(agent, reason, deadlineMs)));
    await this.#supervisor.endAll();
  }

  async #stopExtension(agent: Agent, reason: string, deadlineMs: number): Promise<void> {
    const isTold = this.#supervisor.isRunning(agent.name) && agent.subscribesTo('SHUTDOWN');
    if (isTold) {
      this.#supervisor.noteShutdown(agent.name);
      agent.release({ headers: {}, body: { eventType: 'SHUTDOWN', shutdownReason: reason, deadlineMs } });
    }
    await this.#supervisor.end(agent.name, isTold ? deadlineMs - Date.now() : 0);
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
