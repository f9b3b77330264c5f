import { CacheError, GroupRefusedError } from '../../domain/cache/errors.ts';
import type { CacheGroup } from '../../domain/cache/ttl-policy.ts';
import type { PreloadProgress } from '../../ports/inbound/status-reader.ts';
import type { Clock } from '../../ports/outbound/clock.ts';
import type { SourceAnswer } from '../../ports/outbound/item-source.ts';
import type { Logger } from '../../ports/outbound/logger.ts';
import type { Random } from '../../ports/outbound/random.ts';
import type { CoherenceGate } from '../coherence/coherence-gate.ts';
import type { Groups } from '../groups.ts';
import { RetryingCalls } from '../source-access/retrying-calls.ts';
import type { Sources } from '../source-access/sources.ts';
import type { EntryWriter } from '../storing/entry-writer.ts';
import { EventLoopTurns, freezeAwareTimer } from '../time/timers.ts';
import { GroupScan, loadListedKeys, PreloadCalls, PreloadStopped } from './group-loads.ts';

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
    const turns = new EventLoopTurns(clock);
    this.#groups = preloaded.map((group) => {
      const access = sources.of(group.name);
      const calls = new RetryingCalls(access.caller, clock, random);
      const preloadCalls = new PreloadCalls({ group: group.name, access, groups, calls, turns });
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
    const stop = (reason: string) => {
      for (const group of this.#groups) group.stop(reason);
    };
    const cancel = freezeAwareTimer(this.#clock, this.#timeoutMs, () =>
      stop(`its time-out of ${this.#timeoutMs} ms passed`),
    );
    const stopAsFull = () => stop('nine tenths of the bound of the store are in use');
    await Promise.all(this.#groups.map((group) => group.fill(stopAsFull)));
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

const NO_KEYS: ReadonlySet<string> = new Set();

interface PreloadGroupParts {
  readonly group: CacheGroup;
  readonly calls: PreloadCalls;
  readonly writer: EntryWriter;
  readonly coherence: Pick<CoherenceGate, 'wait' | 'hasBaseline'> | undefined;
}

/** Fills the store with one group: the listed keys first, then everything that the source has of it. */
class PreloadGroup {
  readonly #parts: PreloadGroupParts;
  /** One for each group: to add a listener to a signal takes as long as the signal has listeners, and Node.js warns from eleven on. */
  #stop = new AbortController();
  #state: PreloadProgress['state'] = 'waiting';
  #entries = 0;
  #tooLarge = 0;
  #reason: string | undefined;
  #error: unknown;

  constructor(parts: PreloadGroupParts) {
    this.#parts = parts;
  }

  get name(): string {
    return this.#parts.group.name;
  }

  /** The failure that ended the preload of the group, if one did. */
  get error(): unknown {
    return this.#error;
  }

  progress(): PreloadProgress {
    const progress = { group: this.name, state: this.#state, entries: this.#entries };
    return this.#reason === undefined ? progress : { ...progress, reason: this.#reason };
  }

  /** Ends the load of the group. What is loaded stays in the store. */
  stop(reason: string): void {
    this.#stop.abort(new PreloadStopped(reason));
  }

  /**
   * Loads until everything is in the store, the load is stopped, or the source fails. Never rejects.
   *
   * @param stopAsFull called when the store is full; it stops all groups
   */
  async fill(stopAsFull: () => void): Promise<void> {
    const { policy, preload } = this.#parts.group;
    this.#stop = new AbortController();
    if (policy.lifetimes.ttlMs <= 0) {
      this.#end('skipped', 'its ttl keeps nothing fresh');
      return;
    }
    this.#state = 'running';
    // What was read before the first check of the journal may be out of date, and could not be served.
    await this.#parts.coherence?.wait(this.name);
    if (this.#parts.coherence?.hasBaseline(this.name) === false) {
      this.#end('failed', 'journal_unavailable');
      return;
    }
    try {
      await (preload.everything ? this.#loadEverything(stopAsFull) : this.#loadListed(stopAsFull));
      if (this.#tooLarge === 0) this.#end('complete');
      else this.#end('partial', `items too large to be kept: ${this.#tooLarge}`);
    } catch (error) {
      this.#endWith(error);
    }
  }

  async #loadEverything(stopAsFull: () => void): Promise<void> {
    const { signal } = this.#stop;
    const scan = new GroupScan(this.#parts.calls);
    const check = scan.check(signal);
    const listed = new Set(this.#parts.group.preload.keys.map((key) => key.text));
    const load = async () => {
      await this.#loadListed(stopAsFull);
      await scan.load(signal, check, (answers, order) => this.#store(answers, order, stopAsFull, listed));
    };
    const [checked, loaded] = await Promise.allSettled([check, load()]);
    // First: the refusal of a group names its true key attributes; the failure of a read does not.
    if (checked.status === 'rejected') throw checked.reason;
    if (loaded.status === 'rejected') throw loaded.reason;
  }

  #loadListed(stopAsFull: () => void): Promise<void> {
    const { calls, group } = this.#parts;
    return loadListedKeys(calls, group.preload.keys, this.#stop.signal, (answers, order) =>
      this.#store(answers, order, stopAsFull),
    );
  }

  /** @param stored keys that are in the store and counted already */
  #store(
    answers: Iterable<SourceAnswer>,
    order: number,
    stopAsFull: () => void,
    stored: ReadonlySet<string> = NO_KEYS,
  ): void {
    let tooLarge = 0;
    for (const answer of answers) {
      if (stored.has(answer.key.text)) continue;
      const { outcome, isNew } = this.#parts.writer.preload(answer, order);
      if (answer.bodies.length === 0) continue;
      if (outcome === 'stored' && isNew) this.#entries += 1;
      if (outcome === 'too_large') tooLarge += 1;
      if (outcome === 'full') {
        stopAsFull();
        break;
      }
    }
    // Not earlier: an unreadable answer fails the whole call, and the call is retried.
    this.#tooLarge += tooLarge;
  }

  #endWith(error: unknown): void {
    if (error instanceof PreloadStopped) {
      this.#end('partial', error.message);
      return;
    }
    this.#error = error;
    this.#end(this.#entries > 0 ? 'partial' : 'failed', reasonOf(error));
  }

  #end(state: PreloadProgress['state'], reason?: string): void {
    this.#state = state;
    this.#reason = reason;
  }
}

/** The message for a refused group, because it says what to correct; else the code. */
const reasonOf = (error: unknown): string => {
  if (error instanceof GroupRefusedError) return error.message;
  return error instanceof CacheError ? error.code : 'internal';
};
