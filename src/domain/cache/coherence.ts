import { durationToMs, GO_DURATION_RULE, parseGoDuration } from './go-values.ts';

/**
 * When a write that another environment announced is seen here: when the lifetime of the entry ends (`ttl`), in every
 * invocation that begins after it (`invocation`), or at most `ms` milliseconds after it (`interval`).
 */
export type Coherence =
  | { readonly mode: 'ttl' }
  | { readonly mode: 'invocation' }
  | { readonly mode: 'interval'; readonly ms: number };

/** Whether environments must announce their writes to each other. Absent coherence is `ttl`. */
export const needsJournal = (coherence: Coherence | undefined): boolean =>
  coherence !== undefined && coherence.mode !== 'ttl';

/** Each check costs a read of the journal, so that a shorter interval would cost more than the reads it saves. */
const MIN_INTERVAL_MS = 100;
const MAX_INTERVAL_MS = 86_400_000;

/** The allowed values, worded for messages. */
export const COHERENCE_RULE = `ttl, invocation, or ${GO_DURATION_RULE}, from 100ms to 24h`;

/** Parses the setting. @throws {RangeError} if the text is not allowed; the message names what is */
export const parseCoherence = (text: string): Coherence => {
  if (text === 'ttl' || text === 'invocation') return { mode: text };
  const ms = intervalOf(text);
  if (!(ms >= MIN_INTERVAL_MS && ms <= MAX_INTERVAL_MS)) throw new RangeError(`allowed: ${COHERENCE_RULE}`);
  return { mode: 'interval', ms };
};

const intervalOf = (text: string): number => {
  try {
    return durationToMs(parseGoDuration(text));
  } catch {
    return Number.NaN;
  }
};
