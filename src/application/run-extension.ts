import type { Clock } from '../ports/clock.ts';
import type { InvokeEvent, LifecycleEvent, LifecycleEvents } from '../ports/lifecycle-events.ts';
import type { Logger } from '../ports/logger.ts';
import type { MetricsPublisher } from '../ports/metrics-publisher.ts';
import type { Server } from '../ports/server.ts';
import type { StatusReader } from '../ports/status-reader.ts';
import type { Flights } from './flights.ts';
import type { Invocation } from './invocation.ts';
import { pause } from './pause.ts';
import type { Preload } from './preload.ts';
import type { RefreshBehind } from './refresh-behind.ts';

/** Longest time for which an invocation is kept from ending by what is refreshed behind. */
const REFRESH_HOLD_MS = 100;
const RETRY_MS = 1_000;

/** Lives the life of the process: fill the store, then follow the surroundings from event to event until they shut down. */
export class RunExtension {
  readonly #events: LifecycleEvents;
  readonly #server: Server;
  readonly #preload: Preload;
  readonly #refresh: RefreshBehind;
  readonly #flights: Flights;
  readonly #invocation: Invocation;
  readonly #status: StatusReader;
  readonly #metrics: MetricsPublisher;
  readonly #clock: Clock;
  readonly #logger: Logger;

  constructor(
    events: LifecycleEvents,
    server: Server,
    preload: Preload,
    refresh: RefreshBehind,
    flights: Flights,
    invocation: Invocation,
    status: StatusReader,
    metrics: MetricsPublisher,
    clock: Clock,
    logger: Logger,
  ) {
    this.#events = events;
    this.#server = server;
    this.#preload = preload;
    this.#refresh = refresh;
    this.#flights = flights;
    this.#invocation = invocation;
    this.#status = status;
    this.#metrics = metrics;
    this.#clock = clock;
    this.#logger = logger;
  }

  /** Resolves after the shutdown; never rejects, because an extension that ends by itself takes the function with it. */
  async run(): Promise<void> {
    await this.#preload.run();
    for (;;) {
      const event = await this.#next();
      if (event.type === 'shutdown') return this.#shutDown(event.reason);
      await this.#accompany(event);
    }
  }

  /** Does what is to be done while the function runs, without keeping it. */
  async #accompany(event: InvokeEvent): Promise<void> {
    const refreshed = new AbortController();
    try {
      this.#invocation.begin(event.deadlineMs);
      this.#flights.abandonSlept();
      await Promise.race([this.#refresh.runBatch(), pause(this.#clock, REFRESH_HOLD_MS, refreshed.signal)]);
      this.#metrics.publish(this.#status.status(), false);
    } catch (error) {
      this.#logger.error('an invocation could not be accompanied; serving goes on', { error });
    } finally {
      refreshed.abort();
    }
  }

  async #next(): Promise<LifecycleEvent> {
    for (;;) {
      try {
        return await this.#events.next();
      } catch (error) {
        this.#logger.error('the next lifecycle event could not be asked for; serving goes on, asking again', {
          error,
        });
        await pause(this.#clock, RETRY_MS);
      }
    }
  }

  async #shutDown(reason: string): Promise<void> {
    this.#logger.info('shutting down', { reason });
    this.#metrics.publish(this.#status.status(), true);
    await this.#server.close();
  }
}
