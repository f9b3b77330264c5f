import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import type { ExtensionUnderTest } from '../support/e2e/extension-under-test.ts';
import { startExtension } from '../support/e2e/start-extension.ts';
import { FaultProxy } from '../support/faults/fault-proxy.ts';
import type { HttpAnswer } from '../support/http/exchange.ts';
import type { ScriptedServer } from '../support/http/scripted-server.ts';
import { type Driver, EXPECTED_ERROR } from './driver.ts';
import { scheduledFault, startOriginServer } from './fault-schedule.ts';
import type { AnsweredRequest, GeneratedRequest } from './generated-request.ts';
import type { Visibility } from './judge-answer.ts';
import type { SoakReport } from './report.ts';
import { Soak, type SoakOptions } from './soak.ts';
import { cacheYamlOf } from './tables.ts';
import { LIMITS, World } from './world.ts';

/** The longest pause: long pauses of simulated time must be short here. */
const LONGEST_PASS_MS = 8;
const LONGEST_FREEZE_MS = 1_200;
/** How many requests the proxy keeps. */
const FORGET_AFTER = 1_000;

const ENVIRONMENT = {
  CACHE_EXTENSION_INIT_STARTUP: 'true',
  CACHE_EXTENSION_LOG_LEVEL: 'error',
  CACHE_EXTENSION_MAX_BYTES: String(LIMITS.maxBytes),
  CACHE_EXTENSION_MAX_ABSENCE_BYTES: String(LIMITS.maxAbsenceBytes),
  CACHE_EXTENSION_MAX_UPSTREAM_READS: String(LIMITS.maxSourceReads),
  CACHE_EXTENSION_MAX_WAITING_READS: String(LIMITS.maxWaitingReads),
  CACHE_EXTENSION_TIMEOUT: `${LIMITS.timeoutMs}ms`,
};

/** The built program in an emulated Lambda in real time, behind a fault proxy. */
class ProcessDriver implements Driver {
  readonly sharesProcess = false;
  /** A freeze may delay a read before it is sent. */
  readonly visibility: Visibility = { isExact: false, slackMs: LONGEST_FREEZE_MS + 1_300 };
  readonly maxOpen = 64;
  readonly faults: string[] = [];
  readonly #world: World;
  readonly #extension: ExtensionUnderTest;
  readonly #proxy: FaultProxy;
  readonly #server: ScriptedServer;
  readonly #pid: number;
  #invocation: Promise<unknown> | undefined;

  private constructor(
    world: World,
    extension: ExtensionUnderTest,
    proxy: FaultProxy,
    server: ScriptedServer,
    pid: number,
  ) {
    this.#world = world;
    this.#extension = extension;
    this.#proxy = proxy;
    this.#server = server;
    this.#pid = pid;
  }

  static async start(world: World): Promise<ProcessDriver> {
    let isReady = false;
    world.origin.isPreloading = () => !isReady;
    const server = await startOriginServer(world.origin, world.schedule);
    const proxy = await FaultProxy.inFrontOf(server.url);
    proxy.inject({ fault: scheduledFault(world.schedule, world.chance, world.ledger) });
    const cacheYaml = cacheYamlOf(world.tables);
    const extension = await startExtension({ cacheYaml, endpoint: proxy.endpoint, env: ENVIRONMENT });
    isReady = true;
    const { pid } = await extension.lambda.when('extension-started');
    return new ProcessDriver(world, extension, proxy, server, Number(pid));
  }

  async send(request: GeneratedRequest): Promise<AnsweredRequest> {
    const { method, target, headers } = request;
    const sent = this.#world.ledger.moment();
    const answer = await this.#extension.request(method, target, { headers });
    const received = this.#world.ledger.moment();
    const { status, body } = answer;
    return { request, sent, received, status, headers: headersOf(answer), body, isHeldBack: false };
  }

  async pass(ms: number): Promise<void> {
    if (this.#proxy.requests.length > FORGET_AFTER) this.#proxy.forget();
    await delay(Math.min(ms, LONGEST_PASS_MS));
  }

  async freeze(ms: number, withInvocation: boolean): Promise<void> {
    await this.#invocation;
    this.#extension.lambda.freeze();
    await delay(Math.min(ms, LONGEST_FREEZE_MS));
    this.#extension.lambda.thaw();
    this.#world.ledger.lastFreeze = this.#world.ledger.moment();
    if (withInvocation) this.invoke();
  }

  stepClock(): void {}

  invoke(): void {
    this.#invocation ??= this.#extension.lambda
      .invoke()
      .catch((error: unknown) => this.faults.push(`an invocation failed: ${String(error)}`))
      .finally(() => {
        this.#invocation = undefined;
      });
  }

  monotonicMs(): number {
    return performance.now();
  }

  /** 0 where there is no `/proc` to ask. */
  residentBytes(): number {
    try {
      const [, kibibytes] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${this.#pid}/status`, 'utf8')) ?? [];
      return Number(kibibytes ?? 0) * 1_024;
    } catch {
      return 0;
    }
  }

  async close(): Promise<void> {
    await this.#invocation;
    const { lambda, log } = this.#extension;
    if (lambda.exit !== undefined) this.faults.push('the program ended before its time');
    else {
      const { code, msAfterShutdown } = await lambda.shutdown();
      if (code !== 0)
        this.faults.push(`the program ended with ${code}, ${msAfterShutdown} ms after SHUTDOWN`);
    }
    for (const { message, ...fields } of log) {
      if (message !== EXPECTED_ERROR)
        this.faults.push(`the program logged: ${message} ${JSON.stringify(fields)}`);
    }
    await this.#extension.close();
    await this.#proxy.close();
    await this.#server.close();
  }
}

const headersOf = ({ headers }: HttpAnswer): ReadonlyMap<string, string> =>
  new Map(Object.entries(headers).map(([name, value]) => [name, String(value)]));

/** The divisor of lifetimes: within a minute, entries must pass through all states. */
const HURRY = 5;

/** Soaks the built program in real time. The seed decides the requests, but not their times. */
export const soakBuiltProgram = async (seed: number, options: SoakOptions): Promise<SoakReport> => {
  const world = new World({ seed, hurry: HURRY, wallMs: Date.now });
  return new Soak(world, await ProcessDriver.start(world), options).run();
};
