import type { Address, CacheEntry, EntryKey } from '../../domain/cache/cache-entry.ts';
import type { Coherence } from '../../domain/cache/coherence.ts';
import { hashOf, type JournalPage, type PageChanges } from '../../domain/cache/journal-page.ts';
import type { CoherenceCounts } from '../../ports/inbound/status-reader.ts';
import type { CacheStore } from '../../ports/outbound/cache-store.ts';
import type { Clock } from '../../ports/outbound/clock.ts';
import type { InvalidationJournal } from '../../ports/outbound/invalidation-journal.ts';
import type { Logger } from '../../ports/outbound/logger.ts';
import { AnnouncedChanges } from '../storing/announced-changes.ts';
import type { Fence } from '../storing/fence.ts';
import type { WritesElsewhere } from '../storing/recent-writes.ts';
import type { ElapsedTime, Invocation } from '../time/elapsed-time.ts';
import { nextTurn } from '../time/timers.ts';
import { type CheckNeed, CoherentScope, checkNeedOf, type ScopePlace } from './coherent-scope.ts';

/** How a group is kept coherent with other environments. */
export interface GroupCoherence {
  readonly coherence: Coherence;
  /** The name under which its writes are announced, such as `eu-west-1/Products`. Groups of one table share it. */
  readonly scope: string;
  /** Further scopes in which its writes are announced, because what they hold may refer to the group; none by default. */
  readonly referringScopes?: readonly string[];
  readonly journal: InvalidationJournal;
}

export interface CoherenceGateParts {
  readonly groups: ReadonlyMap<string, GroupCoherence>;
  /** Groups whose sources have no consistent reads. */
  readonly inconsistent: ReadonlySet<string>;
  readonly elapsed: ElapsedTime;
  readonly invocation: Invocation;
  readonly fence: Fence;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Milliseconds in which an eventually consistent read may miss a write. */
  readonly windowMs: number;
  /** Whether the journal may be asked: not before the first invocation under SnapStart. */
  readonly isOpen: () => boolean;
}

/** A pause of this many milliseconds between two reads may hide the end of an invocation. */
const PAUSE_MS = 1;

/** A scope, and what was announced in it. */
interface ScopeState {
  readonly scope: CoherentScope;
  readonly changes: AnnouncedChanges;
}

interface CoherentGroup extends ScopeState {
  readonly referring: readonly CoherentScope[];
  readonly coherence: Coherence;
  need: CheckNeed;
}

/**
 * Decides whether memory may answer for groups whose writes are announced in a journal: only after a check of the journal
 * that began late enough, and never with an entry that was read before a change was learned of.
 */
export class CoherenceGate implements WritesElsewhere {
  readonly #parts: CoherenceGateParts;
  readonly #groups = new Map<string, CoherentGroup>();
  readonly #scopes: ScopeState[] = [];
  readonly #counts = {
    checks: 0,
    failedChecks: 0,
    checkMs: 0,
    announcements: 0,
    failedAnnouncements: 0,
    changedKeys: 0,
    changedStripes: 0,
    bypassedReads: 0,
  };
  /** When the last read began, by both clocks: one of them may stand still during a freeze. */
  #lastReadWall = Number.NEGATIVE_INFINITY;
  #lastReadMonotonic = Number.NEGATIVE_INFINITY;
  /** Resolves when an INVOKE event that a read may have overtaken is handled. */
  #turn: Promise<void> | undefined;
  /** Whether INVOKE events report invocations. */
  #isNotified = true;
  #notify: (group: string) => void = () => undefined;

  constructor(parts: CoherenceGateParts) {
    this.#parts = parts;
    for (const [group, { coherence, scope, referringScopes = [], journal }] of parts.groups) {
      const referring = referringScopes.map((each) => this.#scopeAt({ journal, scope: each }).scope);
      const need = checkNeedOf(coherence, true);
      this.#groups.set(group, { ...this.#scopeAt({ journal, scope }), referring, coherence, need });
    }
  }

  /** Calls `listener` with each group of which a change is learned. There is one listener. */
  onChange(listener: (group: string) => void): void {
    this.#notify = listener;
  }

  /** There are no INVOKE events, or they cannot be received: `invocation` becomes an interval of 100 ms. */
  expectNoInvocations(): void {
    this.#expect(false);
  }

  /** An INVOKE event has reported an invocation. */
  beginInvocation(): void {
    if (!this.#isNotified) this.#expect(true);
    for (const { scope, coherence } of this.#groups.values())
      if (coherence.mode === 'invocation') scope.beginInvocation();
  }

  /**
   * Waits until it is decided whether memory may answer for the group; never rejects.
   *
   * @param now wall time, for callers that have read the clock: that is a large part of what a hit costs here
   * @returns `undefined` if that is decided
   */
  wait(name: string, now?: number): Promise<void> | undefined {
    const group = this.#groups.get(name);
    if (group === undefined || !this.#parts.isOpen()) return undefined;
    const { scope, coherence, need } = group;
    const turn = coherence.mode === 'invocation' && this.#isNotified ? this.#turnAfterPause(now) : undefined;
    return turn === undefined ? scope.wait(need) : turn.then(() => scope.wait(group.need));
  }

  /** Whether a check has ever succeeded. What was read before the first one is not served. */
  hasBaseline(name: string): boolean {
    return this.#groups.get(name)?.scope.hasBaseline !== false;
  }

  /** Whether memory may answer for the group now. */
  mayUseMemory(name: string): boolean {
    const group = this.#groups.get(name);
    return group === undefined || group.scope.isCurrent(group.need);
  }

  /** What is known of the journal pages of a group; absent if that is nothing. */
  pagesOf(name: string): readonly JournalPage[] | undefined {
    return this.#groups.get(name)?.scope.pages;
  }

  /**
   * Announces a write to the groups that have a journal. Resolves with whether every announcement succeeded; never rejects.
   *
   * @returns `undefined` if none of them has a journal
   */
  announce(addresses: readonly Address[], isUnknown: boolean): Promise<boolean> | undefined {
    const changed = new Map<CoherentScope, 'everything' | number[]>();
    // If reads may miss the write for a while, it is for others as if it were still to be applied.
    const late = new Set<CoherentScope>();
    for (const { group: name, key } of addresses) {
      const group = this.#groups.get(name);
      if (group === undefined) continue;
      const { scope, referring } = group;
      for (const each of referring) changed.set(each, 'everything');
      if (this.#parts.inconsistent.has(name)) for (const each of [scope, ...referring]) late.add(each);
      const hashes = changed.get(scope) ?? [];
      if (key === undefined || hashes === 'everything') changed.set(scope, 'everything');
      else changed.set(scope, [...hashes, hashOf(key)]);
    }
    if (changed.size === 0) return undefined;
    const announced = [...changed].map(([scope, hashes]) =>
      scope.announce(distinct(hashes), isUnknown || late.has(scope)),
    );
    return Promise.all(announced).then((successes) => successes.every((success) => success));
  }

  /** The store as readers may see it: without entries that are known to be out of date. */
  readable(store: CacheStore): Pick<CacheStore, 'get'> {
    return new ReadableStore(store, this);
  }

  countBypass(): void {
    this.#counts.bypassedReads += 1;
  }

  counts(): CoherenceCounts {
    return { ...this.#counts };
  }

  isOutdated(key: EntryKey, order: number): boolean {
    return this.#groups.get(key.group)?.changes.isOutdated(key, order) === true;
  }

  isRecent(key: EntryKey): boolean {
    const group = this.#groups.get(key.group);
    return group !== undefined && (!group.scope.isCurrent(group.need) || group.changes.isRecent(key));
  }

  isGroupRecent(name: string): boolean {
    const group = this.#groups.get(name);
    return group !== undefined && (!group.scope.isCurrent(group.need) || group.changes.isAnyRecent());
  }

  mayBeStale(key: EntryKey, askedAt: number): boolean {
    return this.#groups.get(key.group)?.changes.mayBeStale(key, askedAt) === true;
  }

  #expect(isNotified: boolean): void {
    this.#isNotified = isNotified;
    for (const group of this.#groups.values()) group.need = checkNeedOf(group.coherence, isNotified);
  }

  /** The state of the scope, which groups share. */
  #scopeAt(place: ScopePlace): ScopeState {
    const known = this.#scopes.find(({ scope }) => scope.isAt(place));
    if (known !== undefined) return known;
    const { elapsed, windowMs, fence } = this.#parts;
    const changes = new AnnouncedChanges(elapsed, windowMs);
    const onChanges = (learned: readonly PageChanges[]) => {
      const order = fence.advance();
      for (const each of learned) {
        changes.learn(each, order);
        this.#counts.changedKeys += each.keys.length;
        this.#counts.changedStripes += each.stripes.length;
      }
      for (const [group, { scope: changed }] of this.#groups) if (changed === scope) this.#notify(group);
    };
    const scope = new CoherentScope(place, { ...this.#parts, counts: this.#counts, onChanges });
    const state = { scope, changes };
    this.#scopes.push(state);
    return state;
  }

  /**
   * After a pause, a request may overtake an INVOKE event that has arrived. All reads of that turn wait for its end. If the
   * event has not arrived by then, the deadline of the invocation before may still show that another one has begun.
   */
  #turnAfterPause(now: number | undefined): Promise<void> | undefined {
    const { clock, invocation } = this.#parts;
    const [wall, monotonic] = [now ?? clock.now(), clock.monotonic()];
    const pauseMs = Math.max(
      Math.abs(wall - this.#lastReadWall),
      Math.abs(monotonic - this.#lastReadMonotonic),
    );
    this.#lastReadWall = wall;
    this.#lastReadMonotonic = monotonic;
    if (this.#turn === undefined && pauseMs > PAUSE_MS)
      this.#turn = nextTurn(clock).then(() => {
        this.#turn = undefined;
        if (invocation.isOver(clock.now())) invocation.begin(undefined);
      });
    return this.#turn;
  }
}

const distinct = (hashes: 'everything' | readonly number[]): 'everything' | readonly number[] =>
  hashes === 'everything' ? hashes : [...new Set(hashes)];

/** Deletes entries that are out of date when they are asked for, because the journal names hashes and not keys. */
class ReadableStore implements Pick<CacheStore, 'get'> {
  readonly #store: CacheStore;
  readonly #gate: CoherenceGate;

  constructor(store: CacheStore, gate: CoherenceGate) {
    this.#store = store;
    this.#gate = gate;
  }

  get(key: EntryKey): CacheEntry | undefined {
    const entry = this.#store.get(key);
    if (entry === undefined || !this.#gate.isOutdated(key, entry.readOrder)) return entry;
    this.#store.delete(key);
    return undefined;
  }
}
