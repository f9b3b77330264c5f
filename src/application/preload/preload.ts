import type { PreloadProgress } from '../../ports/inbound/status-reader.ts';
import type { Clock } from '../../ports/outbound/clock.ts';
import type { ItemSource } from '../../ports/outbound/item-source.ts';
import type { Logger } from '../../ports/outbound/logger.ts';
import type { Groups } from '../groups.ts';
import { RetryingCalls } from '../source-access/retrying-calls.ts';
import type { SourceCaller } from '../source-access/source-caller.ts';
import type { EntryWriter } from '../storing/entry-writer.ts';
import { freezeAwareTimer } from '../time/freeze-aware-timer.ts';
import { PreloadGroup, PreloadStopped } from './preload-group.ts';

export interface PreloadOptions {
  readonly enabled: boolean;
  /** Bound on the whole preload, freezes apart; what is not in by then is read on demand. */
  readonly timeoutMs: number;
}

/** Fills the store ahead of all requests: all groups side by side, within a time and the bound of the store. */
export class Preload {
  readonly #options: PreloadOptions;
  readonly #groups: readonly PreloadGroup[];
  readonly #clock: Clock;
  readonly #logger: Logger;

  constructor(
    options: PreloadOptions,
    groups: Groups,
    source: ItemSource,
    calls: SourceCaller,
    writer: EntryWriter,
    clock: Clock,
    logger: Logger,
  ) {
    this.#options = options;
    this.#clock = clock;
    this.#logger = logger;
    const retryingCalls = new RetryingCalls(calls, clock);
    this.#groups = groups.all
      .filter(({ preload }) => options.enabled && (preload.everything || preload.keys.length > 0))
      .map((group) => new PreloadGroup(group, groups, source, retryingCalls, writer));
  }

  /** How far each group is that has anything to load. */
  progress(): readonly PreloadProgress[] {
    return this.#groups.map((group) => group.progress());
  }

  /** Loads what is to be loaded. Never rejects: what is not in is read on demand. */
  async run(): Promise<void> {
    if (this.#groups.length === 0) return;
    const startedAt = this.#clock.monotonic();
    const stop = new AbortController();
    const cancel = freezeAwareTimer(this.#clock, this.#options.timeoutMs, () =>
      stop.abort(new PreloadStopped(`its time-out of ${this.#options.timeoutMs} ms passed`)),
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
