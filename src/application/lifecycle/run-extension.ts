import type { Server } from '../../ports/inbound/server.ts';
import type { Clock } from '../../ports/outbound/clock.ts';
import type {
  DeprecatedInvocations,
  Invocations,
  InvokeEvent,
  LifecycleEvent,
  LifecycleEvents,
} from '../../ports/outbound/lifecycle-events.ts';
import type { Logger } from '../../ports/outbound/logger.ts';
import type { MetricsPublisher } from '../../ports/outbound/metrics-publisher.ts';
import type { Cache } from '../create-cache.ts';
import { delay } from '../time/timers.ts';

/** Longest time in milliseconds for which a refresh or preload may delay the end of an invocation. */
const REFRESH_HOLD_MS = 100;
/** Pauses in milliseconds between attempts to get an event: the first, then twice the one before, up to the longest. */
const RETRY_MS = 1_000;
const MAX_RETRY_MS = 10_000;
/** How often metrics are published without INVOKE events; the publisher may skip some. */
const METRICS_INTERVAL_MS = 10_000;
/** Longest time in milliseconds for closing the server: half of what Lambda allows for a shutdown. */
const CLOSE_HOLD_MS = 1_000;

/** How the program learns of invocations, with the deprecated values of version 0.1.0 replaced by their successors. */
export const invocationsOf = ({
  invocations,
}: Pick<LifecycleEvents, 'invocations'>): Exclude<Invocations, DeprecatedInvocations> => {
  if (invocations === 'told') return 'notified';
  return invocations === 'untold' ? 'unobserved' : invocations;
};

export interface RunExtensionParts {
  readonly cache: Cache;
  readonly events: LifecycleEvents;
  readonly server: Server;
  readonly metrics: MetricsPublisher;
  readonly clock: Clock;
  readonly logger: Logger;
  /** How long the preload may delay the first event; absent: until it ends. */
  readonly preloadHold?: PreloadHold | undefined;
}

/** A limit of the time for which the platform waits at the start. */
export interface PreloadHold {
  readonly maxMs: number;
  /** The name of the setting that made the preload longer than this, for the log. */
  readonly setting: string;
}

/** The parts as version 0.1.0 took them. */
type PositionalParts = readonly [
  cache: Cache,
  events: LifecycleEvents,
  server: Server,
  metrics: MetricsPublisher,
  clock: Clock,
  logger: Logger,
];

const partsOf = ([cache, events, server, metrics, clock, logger]: PositionalParts): RunExtensionParts => ({
  cache,
  events,
  server,
  metrics,
  clock,
  logger,
});

/**
 * Runs the extension from preload to shutdown, one lifecycle event at a time. Under SnapStart, the preload starts with
 * the first invocation.
 */
export class RunExtension {
  readonly #parts: RunExtensionParts;
  #preloaded: Promise<void> = Promise.resolve();
  #cancelMetrics: () => void = () => undefined;

  constructor(parts: RunExtensionParts);
  /** @deprecated Pass the parts as one object. This form is removed in the next version. */
  constructor(...parts: PositionalParts);
  constructor(...given: readonly [RunExtensionParts] | PositionalParts) {
    this.#parts = given.length === 1 ? given[0] : partsOf(given);
  }

  /** Resolves after the shutdown. Never rejects: Lambda ends the function's environment if an extension exits. */
  async run(): Promise<void> {
    const invocations = invocationsOf(this.#parts.events);
    if (invocations !== 'notified') {
      this.#parts.cache.coherence?.expectNoInvocations();
      this.#scheduleMetrics();
    }
    if (this.#parts.cache.gate.isOpen) await this.#preload(invocations);
    for (;;) {
      const event = await this.#next();
      if (event.type === 'shutdown') return this.#shutDown(event.reason);
      await this.#handleInvocation(event);
    }
  }

  /** Starts the preload. Waits for it if it may delay the first event: until then, Lambda initializes the environment. */
  async #preload(invocations: ReturnType<typeof invocationsOf>): Promise<void> {
    const { cache, events, logger, preloadHold } = this.#parts;
    const isNeeded = cache.preload.progress().length > 0;
    // Before the preload begins, because Lambda may end this process while it runs.
    const start = invocations === 'notified' && isNeeded ? events.recordStart?.() : undefined;
    this.#preloaded = cache.preload.run();
    if (invocations === 'none') return;
    if (start === 'repeated') {
      logger.info('the environment was reset: requests are served while the preload runs');
      return;
    }
    if (preloadHold === undefined) return this.#preloaded;
    const { maxMs, setting } = preloadHold;
    if (!(await this.#within(maxMs, this.#preloaded)))
      logger.warn(
        'initialization on demand cannot wait longer for the preload, which continues while requests are served; a longer time-out has its full effect only with provisioned concurrency',
        { maxMs, setting, groups: cache.preload.progress() },
      );
  }

  /** Refreshes and publishes metrics while the function runs. */
  async #handleInvocation(event: InvokeEvent): Promise<void> {
    await this.#attempt(
      'refreshing and publishing metrics failed for this invocation; requests are still served',
      async () => {
        this.#parts.cache.invocation.begin(event.deadlineMs);
        this.#startDelayedPreload();
        this.#parts.cache.coherence?.beginInvocation();
        this.#parts.cache.singleFlight.abandonFrozen();
        await this.#within(REFRESH_HOLD_MS, this.#parts.cache.refresh.runBatch(), this.#preloaded);
        this.#parts.metrics.publish(this.#parts.cache.status.status(), false);
      },
    );
  }

  #scheduleMetrics(): void {
    this.#cancelMetrics = this.#parts.clock.after(METRICS_INTERVAL_MS, () => {
      this.#scheduleMetrics();
      void this.#attempt('the metrics could not be published; requests are still served', async () =>
        this.#parts.metrics.publish(this.#parts.cache.status.status(), false),
      );
    });
  }

  /** Under SnapStart: starts the preload with the first invocation. */
  #startDelayedPreload(): void {
    const { gate, preload } = this.#parts.cache;
    if (gate.isOpen) return;
    try {
      gate.open();
    } finally {
      // Also if a source fails to drop its connections.
      this.#preloaded = preload.run();
    }
  }

  async #next(): Promise<LifecycleEvent> {
    for (let waitMs = RETRY_MS; ; waitMs = Math.min(2 * waitMs, MAX_RETRY_MS)) {
      try {
        return await this.#parts.events.next();
      } catch (error) {
        this.#loseEvent();
        if (waitMs === RETRY_MS) {
          this.#parts.logger.error(
            'asking for the next lifecycle event failed; requests are still served, and it is asked for again after 1 s, then after longer pauses of up to 10 s',
            { error },
          );
        }
        await delay(this.#parts.clock, waitMs);
      }
    }
  }

  /** An invocation may have begun, and others may begin before the next event is received. */
  #loseEvent(): void {
    this.#parts.cache.invocation.begin(undefined);
    this.#parts.cache.coherence?.expectNoInvocations();
  }

  async #shutDown(reason: string): Promise<void> {
    this.#parts.logger.info('shutting down', { reason });
    this.#cancelMetrics();
    this.#reportObservations();
    await this.#attempt('the server could not be closed', async () => {
      await this.#within(CLOSE_HOLD_MS, this.#parts.server.close());
    });
    await this.#attempt('the last metrics could not be published', async () =>
      this.#parts.metrics.publish(this.#parts.cache.status.status(), true),
    );
  }

  /** Logs a warning, so that the result of `mode: observe` appears at the default log level. */
  #reportObservations(): void {
    const observed = this.#parts.cache.observations.report();
    if (observed.length > 0)
      this.#parts.logger.warn('the cache would have answered these reads of observed tables', { observed });
  }

  /** Waits for all `work`, at most `limitMs`. Resolves with whether it has ended. */
  async #within(limitMs: number, ...work: readonly Promise<void>[]): Promise<boolean> {
    const done = new AbortController();
    try {
      return await Promise.race([
        Promise.all(work).then(() => true),
        delay(this.#parts.clock, limitMs, done.signal).then(() => false),
      ]);
    } finally {
      done.abort();
    }
  }

  /** Logs a failure instead of throwing it, because it must not end the extension. */
  async #attempt(message: string, task: () => Promise<void>): Promise<void> {
    try {
      await task();
    } catch (error) {
      this.#parts.logger.error(message, { error });
    }
  }
}
