import type { PreloadProgress } from '../../ports/inbound/status-reader.ts';
import type { Clock } from '../../ports/outbound/clock.ts';
import type { Logger } from '../../ports/outbound/logger.ts';
import type { Random } from '../../ports/outbound/random.ts';
import type { CoherenceGate } from '../coherence/coherence-gate.ts';
import type { Groups } from '../groups.ts';
import { RetryingCalls } from '../source-access/retrying-calls.ts';
import type { Sources } from '../source-access/sources.ts';
import type { EntryWriter } from '../storing/entry-writer.ts';
import { freezeAwareTimer } from '../time/freeze-aware-timer.ts';
import { PreloadCalls, PreloadStopped } from './preload-calls.ts';
import { PreloadGroup } from './preload-group.ts';

export interface PreloadParts {
  readonly enabled: boolean;
  /** Bound of the whole preload in milliseconds, freezes excluded. The rest is read on demand. */
  readonly timeoutMs: number;
  readonly groups: Groups;
  readonly sources: Sources;
  readonly coherence: CoherenceGate | undefined;
  readonly writer: EntryWriter;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
}

/** Fills the store before the first request: all groups at the same time, within a time-out and the bound of the store. */
export class Preload {
  readonly #timeoutMs: number;
  readonly #groups: readonly PreloadGroup[];
  readonly #clock: Clock;
  readonly #logger: Logger;

  constructor({
    enabled,
    timeoutMs,
    groups,
    sources,
    coherence,
    writer,
    clock,
    random,
    logger,
  }: PreloadParts) {
    this.#timeoutMs = timeoutMs;
    this.#clock = clock;
    this.#logger = logger;
    const preloaded = groups.all.filter(
      ({ preload }) => enabled && (preload.everything || preload.keys.length > 0),
    );
    this.#groups = preloaded.map((group) => {
      const access = sources.of(group.name);
      const calls = new RetryingCalls(access.caller, clock, random);
      const preloadCalls = new PreloadCalls(group.name, access, groups, calls);
      return new PreloadGroup({ group, calls: preloadCalls, writer, coherence });
    });
  }

  /** The progress of each group that has something to load. */
  progress(): readonly PreloadProgress[] {
    return this.#groups.map((group) => group.progress());
  }

  /** Loads all groups. Never rejects: what is missing is read on demand. */
  async run(): Promise<void> {
    if (this.#groups.length === 0) return;
    const startedAt = this.#clock.monotonic();
    const stop = new AbortController();
    const cancel = freezeAwareTimer(this.#clock, this.#timeoutMs, () =>
      stop.abort(new PreloadStopped(`its time-out of ${this.#timeoutMs} ms passed`)),
    );
    await Promise.all(this.#groups.map((group) => group.fill(stop)));
    cancel();
    this.#report(Math.round(this.#clock.monotonic() - startedAt));
  }

  #report(durationMs: number): void {
    const groups = this.progress();
    if (groups.every(({ state }) => state === 'complete')) {
      this.#logger.info('preload is complete', { durationMs, groups });
    } else {
      this.#logger.warn('preload is not complete; what is missing is read on demand', { durationMs, groups });
    }
    for (const group of this.#groups) {
      if (group.error !== undefined)
        this.#logger.error('a group could not be preloaded', { group: group.name, error: group.error });
    }
  }
}
