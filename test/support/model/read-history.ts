/** A point of a run: its place in the order of all events, and its wall time. */
export interface Moment {
  readonly order: number;
  readonly wallMs: number;
}

/**
 * How a read of the source ended for the program. `out of time` means that the end of an invocation cut it off;
 * `given up`, that it slept or was no longer needed.
 */
export type Ending =
  | 'answered'
  | 'refused'
  | 'throttled'
  | 'failed'
  | 'lost'
  | 'timed out'
  | 'out of time'
  | 'given up';

/** A read of one key from the source. */
export interface ModelRead {
  /** Increases with each read. */
  readonly id: number;
  /** `GetItem` or its like for one key; otherwise a read of several. */
  readonly isSingle: boolean;
  readonly asked: { readonly order: number };
  end?: { readonly order: number; readonly how: Ending };
}

/** Numbers all events of a run. */
export class Chronology {
  #order = 0;

  next(): number {
    this.#order += 1;
    return this.#order;
  }
}

/** Older invalidations add nothing to what the younger ones show. */
const KEPT_INVALIDATIONS = 16;

/** The last invalidations of a key or a table, each from its request to its answer. */
export class Invalidations {
  readonly #kept: number;
  #list: { readonly sent: number; readonly done: number }[] = [];

  constructor(kept = KEPT_INVALIDATIONS) {
    this.#kept = kept;
  }

  add(sent: number, done = sent): void {
    this.#list.push({ sent, done });
    if (this.#list.length > this.#kept) this.#list.shift();
  }

  /** Whether one lies completely between the two orders. */
  anyWithin(after: number, before: number): boolean {
    return this.#list.some(({ sent, done }) => sent > after && done < before);
  }
}

/** Readers get the youngest answers: nobody can get the answer of an older read. */
const KEPT_READS = 48;

/** Endings that do not hold readers back: DynamoDB did not fail temporarily. */
const LEAVES_NO_SETBACK: ReadonlySet<Ending> = new Set(['refused', 'out of time', 'given up']);

/** The model of one key: its reads from the source, what memory holds of them, and its invalidations. */
export class ReadHistory<Read extends ModelRead> {
  readonly invalidations: Invalidations;
  readonly #kept: number;
  /** Order of the last end of each kind. */
  readonly #lastEnds = new Map<Ending, number>();
  #reads: Read[] = [];
  /** The oldest read that memory may hold, and since when. */
  #known: { readonly id: number; readonly since: number }[] = [];
  #setback: Moment | undefined;

  /** @param kept how many reads and invalidations to keep, in a run that is short enough to keep all */
  constructor(kept?: number) {
    this.#kept = kept ?? KEPT_READS;
    this.invalidations = new Invalidations(kept);
  }

  get reads(): readonly Read[] {
    return this.#reads;
  }

  /** The last temporary failure, unless the key was read since. */
  get setback(): Moment | undefined {
    return this.#setback;
  }

  ask(read: Read): void {
    this.#reads.push(read);
    if (this.#reads.length <= this.#kept) return;
    const first = this.#reads.findIndex(({ end }) => end !== undefined);
    this.#reads.splice(Math.max(0, first), 1);
  }

  /** @param isKnown whether readers can count on it from now on */
  ended(id: number, how: Ending, at: Moment, isKnown: boolean): void {
    this.#lastEnds.set(how, at.order);
    if (!isKnown) return;
    if (how === 'answered') {
      this.#setback = undefined;
      this.holds(id, at.order);
    } else if (!LEAVES_NO_SETBACK.has(how)) this.#setback = at;
  }

  /** Whether a read ended like this after `order`. */
  hasEnded(how: Ending, order: number): boolean {
    return (this.#lastEnds.get(how) ?? 0) > order;
  }

  /** From now on, memory holds the answer of this read, a younger one or none. */
  holds(id: number, since: number): void {
    const last = this.#known.at(-1);
    if (last !== undefined && last.id >= id) return;
    this.#known.push({ id, since });
    if (this.#known.length > KEPT_READS) this.#known.shift();
  }

  /**
   * Whether memory held the answer of a younger read at `order`.
   *
   * @param seesAllEnds if not, only a read that was asked after this one had ended counts as younger
   */
  wasOvertaken({ id, end }: Read, order: number, seesAllEnds: boolean): boolean {
    const held = this.#known.findLast(({ since }) => since < order)?.id ?? 0;
    if (held <= id || seesAllEnds) return held > id;
    const younger = this.#reads.find((read) => read.id === held);
    return younger !== undefined && end !== undefined && younger.asked.order > end.order;
  }

  /**
   * Whether a younger read was refused after this one had ended, and before `until`. The refusal of a batch says nothing
   * of its keys.
   */
  wasRefusedAfter({ asked, end }: ModelRead, until: number): boolean {
    return this.#reads.some(
      (other) =>
        other.isSingle &&
        other.asked.order > asked.order &&
        other.end?.how === 'refused' &&
        other.end.order > (end?.order ?? Number.POSITIVE_INFINITY) &&
        other.end.order < until,
    );
  }

  /** How many reads of the key alone are under way. */
  get underWay(): number {
    return this.#reads.filter(({ isSingle, end }) => isSingle && end === undefined).length;
  }
}
