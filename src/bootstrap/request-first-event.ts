import { PLATFORM_VARIABLES } from '../adapters/config/environment/variable-names.ts';
import type { Settings } from '../adapters/config/settings.ts';
import type { LifecycleEvent, LifecycleEvents } from '../ports/outbound/lifecycle-events.ts';

const ON_DEMAND = 'on-demand';

/**
 * Whether the first event may be requested before the rest is loaded. On demand, the function then starts 8 to 25 ms earlier;
 * requests that come before all is loaded wait. Other environments wait for their first invocation, so they load everything
 * before. Lambda must not take an incomplete preload for the end of initialization.
 */
export const canLoadLater = (
  { preload }: Pick<Settings, 'preload'>,
  { invocations }: Pick<LifecycleEvents, 'invocations'>,
  { [PLATFORM_VARIABLES.initializationType]: initializationType = ON_DEMAND }: NodeJS.ProcessEnv,
): boolean => !preload && invocations === 'notified' && initializationType === ON_DEMAND;

/** Requests the first event, which the first call of `next` then returns. Resolves when the request is sent. */
export const requestFirstEvent = async (events: LifecycleEvents): Promise<LifecycleEvents> => {
  const requested = new FirstEventRequested(events);
  // Two turns later, because the request for the event is sent in the first turn of the event loop.
  await new Promise<void>((resolve) => setImmediate(() => setImmediate(resolve)));
  return requested;
};

class FirstEventRequested implements LifecycleEvents {
  readonly #events: LifecycleEvents;
  #first: Promise<LifecycleEvent> | undefined;

  constructor(events: LifecycleEvents) {
    this.#events = events;
    this.#first = events.next();
    // It may reject before `next` is called; that must not count as unhandled.
    this.#first.catch(() => undefined);
  }

  get invocations() {
    return this.#events.invocations;
  }

  get account() {
    return this.#events.account;
  }

  next(): Promise<LifecycleEvent> {
    const first = this.#first;
    this.#first = undefined;
    return first ?? this.#events.next();
  }

  reportInitError(error: Error): Promise<void> {
    return this.#events.reportInitError(error);
  }
}
