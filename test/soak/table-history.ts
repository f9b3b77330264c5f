import { Invalidations } from './invalidations.ts';
import type { Ending, Moment } from './question.ts';

/** Lost contacts in a row after which a table counts as out of reach. */
const THRESHOLD = 3;

/** What happened to a table as a whole. */
export class TableHistory {
  readonly invalidations = new Invalidations();
  /** The last end of a call that was not an answer. */
  lastTrouble: Moment = { order: 0, wallMs: Number.NEGATIVE_INFINITY };
  #lostInARow = 0;
  #inReachSince = 0;

  get isOutOfReach(): boolean {
    return this.#lostInARow >= THRESHOLD;
  }

  /** Whether the table was out of reach at `order`, or has been since. */
  wasOutOfReachSince(order: number): boolean {
    return this.isOutOfReach || this.#inReachSince > order;
  }

  ended(how: Ending, at: Moment): void {
    if (how !== 'answered') this.lastTrouble = at;
    if (how === 'given up' || how === 'out of time') return;
    const wasOutOfReach = this.isOutOfReach;
    this.#lostInARow = how === 'lost' || how === 'timed out' ? this.#lostInARow + 1 : 0;
    if (wasOutOfReach && !this.isOutOfReach) this.#inReachSince = at.order;
  }
}
