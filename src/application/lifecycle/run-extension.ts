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
import { delay } from '../time/freeze-aware-timer.ts';

/** Longest time for which an invocation is kept from ending by what is refreshed behind. */
const REFRESH_HOLD_MS = 100;
const RETRY_MS = 1_000;
/** How often figures are offered where no invocation is told of; the publisher decides which of them go out. */
const OFFER_INTERVAL_MS = 10_000;
/** Longest time for closing the server: half of what Lambda leaves for a shutdown. */
const CLOSE_HOLD_MS = 1_000;

/** How the program learns of invocations, with the deprecated values of version 0.1.0 replaced by their successors. */
export const invocationsOf = ({
  invocations,
}: Pick<LifecycleEvents, 'invocations'>): Exclude<Invocations, DeprecatedInvocations> => {
  if (invocations === 'told') return 'notified';
  return invocations === 'untold' ? 'unobserved' : invocations;
};

/**
 * Lives the life of the process: fill the store, then follow the surroundings from event to event until they shut down.
 * Where the source may not be asked before the first invocation, the store is filled behind that one and those after it.
 */
export class RunExtension {
  readonly #cache: Cache;
  readonly #events: LifecycleEvents;
  readonly #server: Server;
  readonly #metrics: MetricsPublisher;
  readonly #clock: Clock;
  readonly #logger: Logger;
  #filled: Promise<void> = Promise.resolve();
  #cancelOffer: () => void = () => undefined;

  constructor(
    cache: Cache,
    events: LifecycleEvents,
    server: Server,
    metrics: MetricsPublisher,
    clock: Clock,
    logger: Logger,
  ) {
    this.#cache = cache;
    this.#events = events;
    this.#server = server;
    this.#metrics = metrics;
    this.#clock = clock;
    this.#logger = logger;
  }

  /** Resolves after the shutdown; never rejects, because an extension that ends by itself takes the function with it. */
  async run(): Promise<void> {
    const invocations = invocationsOf(this.#events);
    if (invocations !== 'notified') this.#offerMetricsByTheClock();
    if (this.#cache.gate.isOpen) this.#filled = this.#cache.preload.run();
    // Elsewhere the first question for an event says that all is ready.
    if (invocations !== 'none') await this.#filled;
    for (;;) {
      const event = await this.#next();
      if (event.type === 'shutdown') return this.#shutDown(event.reason);
      await this.#accompany(event);
    }
  }

  /** Does what is to be done while the function runs, without keeping it. */
  async #accompany(event: InvokeEvent): Promise<void> {
    await this.#attempt('an invocation could not be accompanied; serving goes on', async () => {
      this.#cache.invocation.begin(event.deadlineMs);
      this.#fillFromHere();
      this.#cache.singleFlight.abandonFrozen();
      await this.#within(REFRESH_HOLD_MS, this.#cache.refresh.runBatch(), this.#filled);
      this.#metrics.publish(this.#cache.status.status(), false);
    });
  }

  #offerMetricsByTheClock(): void {
    this.#cancelOffer = this.#clock.after(OFFER_INTERVAL_MS, () => {
      this.#offerMetricsByTheClock();
      void this.#attempt('the metrics could not be published; serving goes on', async () =>
        this.#metrics.publish(this.#cache.status.status(), false),
      );
    });
  }

  /** Fills the store now, if it was to wait for an invocation. */
  #fillFromHere(): void {
    const { gate, preload } = this.#cache;
    if (gate.isOpen) return;
    gate.open();
    this.#filled = preload.run();
  }

  async #next(): Promise<LifecycleEvent> {
    let isTold = false;
    for (;;) {
      try {
        return await this.#events.next();
      } catch (error) {
        if (!isTold) {
          this.#logger.error(
            'the next lifecycle event cannot be asked for; serving goes on, asking once a second',
            {
              error,
            },
          );
        }
        isTold = true;
        await delay(this.#clock, RETRY_MS);
      }
    }
  }

  async #shutDown(reason: string): Promise<void> {
    this.#logger.info('shutting down', { reason });
    this.#cancelOffer();
    this.#reportObservations();
    await this.#attempt('the server could not be closed', () =>
      this.#within(CLOSE_HOLD_MS, this.#server.close()),
    );
    await this.#attempt('the last metrics could not be published', async () =>
      this.#metrics.publish(this.#cache.status.status(), true),
    );
  }

  /** A warning, because who has something observed wants to know, whatever else is told. */
  #reportObservations(): void {
    const observed = this.#cache.observations.report();
    if (observed.length > 0) this.#logger.warn('what memory would have answered', { observed });
  }

  /** Waits for all `work`, but no longer than `limitMs`. */
  async #within(limitMs: number, ...work: readonly Promise<void>[]): Promise<void> {
    const done = new AbortController();
    try {
      await Promise.race([Promise.all(work), delay(this.#clock, limitMs, done.signal)]);
    } finally {
      done.abort();
    }
  }

  /** Does what must not end the run, whatever happens. */
  async #attempt(complaint: string, task: () => Promise<void>): Promise<void> {
    try {
      await task();
    } catch (error) {
      this.#logger.error(complaint, { error });
    }
  }
}
