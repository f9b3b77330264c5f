import {
  SourceConnectionError,
  SourceThrottledError,
  SourceTimeoutError,
} from '../../../src/domain/cache/errors.ts';
import { emptyPage, type JournalPage, pageOf, stripeOf } from '../../../src/domain/cache/journal-page.ts';
import type { Announcement, InvalidationJournal } from '../../../src/ports/outbound/invalidation-journal.ts';
import { Gate } from './gate.ts';

/** A call of the journal. */
export type JournalCall =
  | { readonly method: 'announce'; readonly announcement: Announcement }
  | { readonly method: 'check'; readonly scope: string };

export type JournalMethod = JournalCall['method'];

export interface InMemoryJournalOptions {
  readonly pages?: number;
  readonly ring?: number;
}

/** The pages of each scope, by `pages/index`. */
type Scopes = Map<string, Map<string, JournalPage>>;

const BOTH: readonly JournalMethod[] = ['announce', 'check'];

/** A ring is cut to its size when it exceeds it by this many elements. */
const SLACK = 8;

/**
 * A journal in memory. Tests can make its calls fail, throttle, hang and delay them, and reset it. Each switch affects both
 * methods unless it names one, and lasts until `heal`.
 */
export class InMemoryJournal implements InvalidationJournal {
  /** All calls so far, including failed ones, in the order in which they began. */
  readonly calls: JournalCall[] = [];
  /** The number of calls of `dropConnections`. */
  dropped = 0;
  readonly #pages: number;
  readonly #ring: number;
  readonly #scopes: Scopes;
  readonly #failures = new Map<JournalMethod, Error>();
  readonly #nextFailures = new Map<JournalMethod, Error[]>();
  readonly #lostAnswers = new Map<JournalMethod, Error[]>();
  readonly #hanging = new Set<JournalMethod>();
  readonly #gates = new Map<JournalMethod, { readonly gate: Gate; readonly holdsAnswers: boolean }>();

  constructor({ pages = 4, ring = 32 }: InMemoryJournalOptions = {}, scopes: Scopes = new Map()) {
    this.#pages = pages;
    this.#ring = ring;
    this.#scopes = scopes;
  }

  /** The same journal for another environment: the same pages, but separate calls and switches. */
  another(options: InMemoryJournalOptions = {}): InMemoryJournal {
    return new InMemoryJournal({ pages: this.#pages, ring: this.#ring, ...options }, this.#scopes);
  }

  countOf(method: JournalMethod): number {
    return this.calls.filter((call) => call.method === method).length;
  }

  /** Makes every call fail without an effect. */
  failWith(error: Error, ...methods: readonly JournalMethod[]): void {
    for (const method of orBoth(methods)) this.#failures.set(method, error);
  }

  /** Makes one call fail, without an effect, that would otherwise succeed. If it is called twice, two calls fail. */
  failNext(error: Error, ...methods: readonly JournalMethod[]): void {
    for (const method of orBoth(methods)) add(this.#nextFailures, method, error);
  }

  /** Makes the next call fail after its effect, as if its answer was lost. */
  loseNextAnswer(...methods: readonly JournalMethod[]): void {
    const error = new SourceConnectionError('the answer of the journal was lost');
    for (const method of orBoth(methods)) add(this.#lostAnswers, method, error);
  }

  throttle(...methods: readonly JournalMethod[]): void {
    this.failWith(new SourceThrottledError('the journal was throttled', { retryAfterMs: 1000 }), ...methods);
  }

  /** Later calls end only when their signal is aborted, even after `heal`. They have no effect. */
  hang(...methods: readonly JournalMethod[]): void {
    for (const method of orBoth(methods)) this.#hanging.add(method);
  }

  /** Delays later calls, before their effect, until the gate is opened. */
  hold(...methods: readonly JournalMethod[]): Gate {
    return this.#hold(false, methods);
  }

  /** Delays later answers. Their content is determined when the call is made. */
  holdAnswers(...methods: readonly JournalMethod[]): Gate {
    return this.#hold(true, methods);
  }

  /** Resets all switches, and opens the gates. */
  heal(): void {
    for (const switches of [this.#failures, this.#nextFailures, this.#lostAnswers]) switches.clear();
    this.#hanging.clear();
    for (const { gate } of this.#gates.values()) gate.open();
    this.#gates.clear();
  }

  /** Deletes the pages of one scope or of all, for all environments, as if the table was created again. */
  reset(scope?: string): void {
    if (scope === undefined) this.#scopes.clear();
    else this.#scopes.delete(scope);
  }

  /** Returns a function that restores the current pages for all environments, like a restored backup. */
  backUp(): () => void {
    const backup = [...this.#scopes].map(([scope, pages]) => [scope, new Map(pages)] as const);
    return () => {
      this.#scopes.clear();
      for (const [scope, pages] of backup) this.#scopes.set(scope, new Map(pages));
    };
  }

  announce(announcement: Announcement, signal: AbortSignal): Promise<readonly JournalPage[]> {
    return this.#answer({ method: 'announce', announcement }, signal, () => this.#apply(announcement));
  }

  check(scope: string, signal: AbortSignal): Promise<readonly JournalPage[]> {
    return this.#answer({ method: 'check', scope }, signal, () => [
      ...(this.#scopes.get(scope)?.values() ?? []),
    ]);
  }

  dropConnections(): void {
    this.dropped += 1;
  }

  #hold(holdsAnswers: boolean, methods: readonly JournalMethod[]): Gate {
    const gate = new Gate();
    for (const method of orBoth(methods)) this.#gates.set(method, { gate, holdsAnswers });
    return gate;
  }

  async #answer<Answer>(call: JournalCall, signal: AbortSignal, act: () => Answer): Promise<Answer> {
    const { method } = call;
    if (signal.aborted) throw new SourceTimeoutError('the call was given up', { cause: signal.reason });
    this.calls.push(call);
    if (this.#hanging.has(method)) await new Gate().pass(signal);
    const failure = this.#failures.get(method) ?? this.#nextFailures.get(method)?.shift();
    const lost = failure ?? this.#lostAnswers.get(method)?.shift();
    const held = this.#gates.get(method);
    if (held?.holdsAnswers === false) await held.gate.pass(signal);
    const answer = failure === undefined ? act() : undefined;
    if (held?.holdsAnswers === true) await held.gate.pass(signal);
    if (answer === undefined || lost !== undefined) throw lost;
    return answer;
  }

  #apply({ scope, changed, isUnknown, at }: Announcement): readonly JournalPage[] {
    const unknown = isUnknown ? 1 : 0;
    const unknownAt = isUnknown ? { unknownAt: at } : {};
    if (changed === 'everything') {
      const page = this.#pageOf(scope, 0);
      return [
        this.#put(scope, {
          ...page,
          everything: page.everything + 1,
          unknown: page.unknown + unknown,
          ...unknownAt,
        }),
      ];
    }
    const hashes = [...new Set(changed)];
    const indexes = new Set(hashes.map((hash) => pageOf(hash, this.#pages)));
    return [...indexes].map((index) => {
      const page = this.#pageOf(scope, index);
      const added = hashes.filter((hash) => pageOf(hash, this.#pages) === index);
      const stripes = new Map(page.stripes);
      for (const hash of added) stripes.set(stripeOf(hash), (stripes.get(stripeOf(hash)) ?? 0) + 1);
      const ring = [...page.ring, ...added.slice(-this.#ring).map((hash) => ({ hash, isUnknown }))];
      return this.#put(scope, {
        ...page,
        head: page.head + added.length,
        unknown: page.unknown + unknown,
        ...unknownAt,
        stripes,
        ring: ring.length < this.#ring + SLACK ? ring : ring.slice(-this.#ring),
      });
    });
  }

  #pageOf(scope: string, index: number): JournalPage {
    const pages = this.#pages;
    const existing = this.#scopes.get(scope)?.get(`${pages}/${index}`);
    if (existing !== undefined) return existing;
    epochs += 1;
    return emptyPage({ pages, index, epoch: epochs });
  }

  #put(scope: string, page: JournalPage): JournalPage {
    const pages = this.#scopes.get(scope) ?? new Map<string, JournalPage>();
    this.#scopes.set(scope, pages.set(`${page.pages}/${page.index}`, page));
    return page;
  }
}

/** No two pages of a process have the same epoch. */
let epochs = 0;

const orBoth = (methods: readonly JournalMethod[]): readonly JournalMethod[] =>
  methods.length === 0 ? BOTH : methods;

const add = (errors: Map<JournalMethod, Error[]>, method: JournalMethod, error: Error): void => {
  errors.set(method, [...(errors.get(method) ?? []), error]);
};
