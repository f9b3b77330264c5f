import { afterEach, describe, expect, it } from '@jest/globals';
import type { LifecycleEvents } from '../../src/ports/outbound/lifecycle-events.ts';

/** Some `LifecycleEvents`, and the surroundings that speak to them. */
export interface LifecycleSurroundings {
  readonly events: LifecycleEvents;
  /** Begins an invocation; left out by surroundings that know none. */
  invoke?(): void;
  shutdown(): void;
  /** The reason that `shutdown` gives. */
  readonly shutdownReason: string;
  /** Everything that was reported, as one text. */
  reported(): string;
  close(): Promise<void>;
}

export interface LifecycleContract {
  readonly name: string;
  start(): Promise<LifecycleSurroundings>;
  /** Why there are no invocations to hear of. */
  readonly withoutInvoke?: string;
}

/** What everybody who implements `LifecycleEvents` promises. */
export function describeLifecycleEvents({ name, start, withoutInvoke }: LifecycleContract): void {
  describe(`${name} as LifecycleEvents`, () => {
    let surroundings: LifecycleSurroundings;

    afterEach(() => surroundings.close());

    it('waits for an event until there is one', async () => {
      surroundings = await start();
      let arrived = false;
      const waiting = surroundings.events.next().then((event) => {
        arrived = true;
        return event;
      });
      await new Promise(setImmediate);
      expect(arrived).toBe(false);
      surroundings.shutdown();
      expect(await waiting).toEqual({ type: 'shutdown', reason: surroundings.shutdownReason });
    });

    it('tells an init error', async () => {
      surroundings = await start();
      await surroundings.events.reportInitError(new Error('CACHE_EXTENSION_PORT: 70000 is no port'));
      expect(surroundings.reported()).toContain('CACHE_EXTENSION_PORT: 70000 is no port');
    });

    if (withoutInvoke) return;

    it('gives each event to one call of next, in order', async () => {
      surroundings = await start();
      const first = surroundings.events.next();
      surroundings.invoke?.();
      expect(await first).toEqual({ type: 'invoke', deadlineMs: expect.any(Number) });
      const second = surroundings.events.next();
      surroundings.shutdown();
      expect(await second).toEqual({ type: 'shutdown', reason: surroundings.shutdownReason });
    });

    it('keeps an event for whoever asks late', async () => {
      surroundings = await start();
      const first = surroundings.events.next();
      surroundings.invoke?.();
      await first;
      surroundings.shutdown();
      expect(await surroundings.events.next()).toEqual({
        type: 'shutdown',
        reason: surroundings.shutdownReason,
      });
    });
  });
}
