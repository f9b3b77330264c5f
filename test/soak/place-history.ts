import { Invalidations } from './invalidations.ts';
import type { Ending, Moment, Question } from './question.ts';

/** Memory gives the youngest answer, and readers wait for few: what is older is asked for by nobody. */
const KEPT = 48;

/** What says nothing of DynamoDB, or more than that it fails in passing. */
const LEAVES_NO_SETBACK: ReadonlySet<Ending> = new Set(['refused', 'out of time', 'given up']);

/** What happened to one key. */
export class PlaceHistory {
  readonly invalidations = new Invalidations();
  /** Order of the last end of each kind. */
  readonly #lastEnds = new Map<Ending, number>();
  #questions: Question[] = [];
  /** Which question memory was known to hold at least, and since when. */
  #known: { readonly id: number; readonly since: number }[] = [];
  #setback: Moment | undefined;

  get questions(): readonly Question[] {
    return this.#questions;
  }

  /** The last failure in passing, unless the key was read since. */
  get setback(): Moment | undefined {
    return this.#setback;
  }

  ask(question: Question): void {
    this.#questions.push(question);
    if (this.#questions.length <= KEPT) return;
    const first = this.#questions.findIndex(({ end }) => end !== undefined);
    this.#questions.splice(Math.max(0, first), 1);
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

  /** Whether a question ended so after `order`. */
  hasEnded(how: Ending, order: number): boolean {
    return (this.#lastEnds.get(how) ?? 0) > order;
  }

  /** Memory holds the answer to this question from now on, or a younger one, or none. */
  holds(id: number, since: number): void {
    const last = this.#known.at(-1);
    if (last !== undefined && last.id >= id) return;
    this.#known.push({ id, since });
    if (this.#known.length > KEPT) this.#known.shift();
  }

  /** The oldest question whose answer memory may give at `order`. */
  oldestHeld(order: number): number {
    return this.#known.findLast(({ since }) => since < order)?.id ?? 0;
  }

  /** Whether memory held an answer at `order` that was asked for after this one had come, or at least asked for later. */
  wasOvertaken({ id, end }: Question, order: number, seesAllEnds: boolean): boolean {
    const held = this.oldestHeld(order);
    if (held <= id || seesAllEnds) return held > id;
    const younger = this.#questions.find((question) => question.id === held);
    return younger !== undefined && end !== undefined && younger.asked.order > end.order;
  }
}
