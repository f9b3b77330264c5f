import type { Reading } from './exchange.ts';
import type { Question } from './question.ts';

/** How closely the run knows the times of the program. */
export interface Sight {
  /** Whether the program does all that it does when it says so, and the run sees it. */
  readonly isExact: boolean;
  /** Longest time by which DynamoDB sees a question later than it was asked, as far as that is known. */
  readonly slackMs: number;
}

/** A number that lies somewhere between two. */
export interface Range {
  readonly low: number;
  readonly high: number;
}

/** How much of its lifetime a preloaded entry may lose. */
const MAX_JITTER = 0.1;

/** Lifetime of the answer to a question. */
export const lifetimeOf = ({ place, content, isPreload }: Question): Range => {
  const { ttlMs, negativeTtlMs } = place.table.lifetimes;
  const high = Math.max(0, content === undefined ? negativeTtlMs : ttlMs);
  return { low: isPreload ? high * (1 - MAX_JITTER) : high, high };
};

/** Two processes that look at the clock in the same moment may be so far apart. */
const ROUNDING_MS = 5;

/** How old the answer to `question` was when it was given; the clock may have gone back in between. */
export const ageOf = (question: Question, reading: Reading, isFromMemory: boolean, sight: Sight): Range => {
  const from = sight.isExact ? reading.received.wallMs : reading.sent.wallMs;
  const { wallMs } = question.asked;
  const age = {
    low: Math.max(0, from - wallMs - (sight.isExact ? 0 : ROUNDING_MS)),
    high: reading.received.wallMs - wallMs + sight.slackMs,
  };
  if (age.high >= 0) return age;
  // A read from the future counts as just expired in memory, and as new on its way.
  return isFromMemory ? lifetimeOf(question) : { low: 0, high: 0 };
};
