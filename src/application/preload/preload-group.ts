import { CacheError, GroupRefusedError } from '../../domain/cache/errors.ts';
import type { CacheGroup } from '../../domain/cache/ttl-policy.ts';
import type { PreloadProgress } from '../../ports/inbound/status-reader.ts';
import type { SourceAnswer } from '../../ports/outbound/item-source.ts';
import type { CoherenceGate } from '../coherence/coherence-gate.ts';
import type { EntryWriter } from '../storing/entry-writer.ts';
import { GroupScan } from './group-scan.ts';
import { loadListedKeys } from './listed-keys.ts';
import { type PreloadCalls, PreloadStopped } from './preload-calls.ts';

const NO_KEYS: ReadonlySet<string> = new Set();

export interface PreloadGroupParts {
  readonly group: CacheGroup;
  readonly calls: PreloadCalls;
  readonly writer: EntryWriter;
  readonly coherence: Pick<CoherenceGate, 'wait' | 'hasBaseline'> | undefined;
}

/** Fills the store with one group: the listed keys first, then everything that the source has of it. */
export class PreloadGroup {
  readonly #group: CacheGroup;
  readonly #calls: PreloadCalls;
  readonly #writer: EntryWriter;
  readonly #coherence: PreloadGroupParts['coherence'];
  #state: PreloadProgress['state'] = 'waiting';
  #entries = 0;
  #tooLarge = 0;
  #reason: string | undefined;
  #error: unknown;

  constructor({ group, calls, writer, coherence }: PreloadGroupParts) {
    this.#group = group;
    this.#calls = calls;
    this.#writer = writer;
    this.#coherence = coherence;
  }

  get name(): string {
    return this.#group.name;
  }

  /** The failure that ended the preload of the group, if one did. */
  get error(): unknown {
    return this.#error;
  }

  progress(): PreloadProgress {
    const progress = { group: this.name, state: this.#state, entries: this.#entries };
    return this.#reason === undefined ? progress : { ...progress, reason: this.#reason };
  }

  /**
   * Loads until everything is in the store, `stop` is aborted, or the source fails. Aborts `stop` itself when the store is
   * full. Never rejects.
   */
  async fill(stop: AbortController): Promise<void> {
    const { policy, preload } = this.#group;
    if (policy.lifetimes.ttlMs <= 0) {
      this.#end('skipped', 'its ttl keeps nothing fresh');
      return;
    }
    this.#state = 'running';
    // What was read before the first check of the journal may be out of date, and could not be served.
    await this.#coherence?.wait(this.name);
    if (this.#coherence?.hasBaseline(this.name) === false) {
      this.#end('failed', 'journal_unavailable');
      return;
    }
    try {
      await (preload.everything ? this.#loadEverything(stop) : this.#loadListed(stop));
      if (this.#tooLarge === 0) this.#end('complete');
      else this.#end('partial', `items too large to be kept: ${this.#tooLarge}`);
    } catch (error) {
      this.#endWith(error);
    }
  }

  async #loadEverything(stop: AbortController): Promise<void> {
    const scan = new GroupScan(this.#calls);
    const check = scan.check(stop.signal);
    const listed = new Set(this.#group.preload.keys.map((key) => key.text));
    const load = async () => {
      await this.#loadListed(stop);
      await scan.load(stop.signal, check, (answers, order) => this.#store(answers, order, stop, listed));
    };
    const [checked, loaded] = await Promise.allSettled([check, load()]);
    // First: the refusal of a group names its true key attributes; the failure of a read does not.
    if (checked.status === 'rejected') throw checked.reason;
    if (loaded.status === 'rejected') throw loaded.reason;
  }

  #loadListed(stop: AbortController): Promise<void> {
    return loadListedKeys(this.#calls, this.#group.preload.keys, stop.signal, (answers, order) =>
      this.#store(answers, order, stop),
    );
  }

  /** @param stored keys that are in the store and counted already */
  #store(
    answers: Iterable<SourceAnswer>,
    order: number,
    stop: AbortController,
    stored: ReadonlySet<string> = NO_KEYS,
  ): void {
    let [entries, tooLarge] = [0, 0];
    for (const answer of answers) {
      if (stored.has(answer.key.text)) continue;
      const { outcome } = this.#writer.preload(answer, order);
      if (answer.bodies.length === 0) continue;
      if (outcome === 'stored') entries += 1;
      if (outcome === 'too_large') tooLarge += 1;
      if (outcome === 'full') {
        stop.abort(new PreloadStopped('nine tenths of the bound of the store are in use'));
        break;
      }
    }
    // Not earlier: an unreadable answer fails the whole call, and the call is retried.
    this.#entries += entries;
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
