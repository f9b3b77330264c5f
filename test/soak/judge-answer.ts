import type { AnsweredRead } from './generated-request.ts';
import type { SourceLedger } from './ledger.ts';
import type { SourceRead } from './source-read.ts';

/** The content of a `Cache-Status` header. */
export type CacheLine =
  | { readonly from: 'memory'; readonly ttl: number; readonly window: string | undefined }
  | { readonly from: 'memory after failure'; readonly ttl: number }
  | {
      readonly from: 'origin';
      readonly reason: string;
      readonly status: number;
      readonly isStored: boolean;
      readonly isCollapsed: boolean;
    };

const HIT = /^dynamodb-cache; hit; ttl=(-?\d+)(?:; detail=(stale-while-revalidate|stale-if-error))?$/;
const AFTER_FAILURE = /^dynamodb-cache; fwd=stale; detail=stale-if-error; ttl=(-?\d+)$/;
const ORIGIN =
  /^dynamodb-cache; fwd=(uri-miss|stale|request); fwd-status=(200|404)(; stored)?(; collapsed)?$/;

/** Parses the header; returns `undefined` if it does not match the grammar. */
export const readCacheLine = (text: string): CacheLine | undefined => {
  const hit = HIT.exec(text);
  if (hit !== null) return { from: 'memory', ttl: Number(hit[1]), window: hit[2] };
  const after = AFTER_FAILURE.exec(text);
  if (after !== null) return { from: 'memory after failure', ttl: Number(after[1]) };
  const [, reason, status, stored, collapsed] = ORIGIN.exec(text) ?? [];
  if (reason === undefined) return undefined;
  return {
    from: 'origin',
    reason,
    status: Number(status),
    isStored: stored !== undefined,
    isCollapsed: collapsed !== undefined,
  };
};

/** How exactly the run knows the times of events in the program. */
export interface Visibility {
  /** Whether the run sees all events of the program at the moment when they happen. */
  readonly isExact: boolean;
  /** The longest time between the start of a read and its arrival at DynamoDB. */
  readonly slackMs: number;
}

/** An unknown number between two bounds. */
export interface Range {
  readonly low: number;
  readonly high: number;
}

/** The share of its lifetime that jitter may take from a preloaded entry. */
const MAX_JITTER = 0.1;

/** Lifetime of the answer to a read. */
const lifetimeOf = ({ row, content, isPreload }: SourceRead): Range => {
  const { ttlMs, negativeTtlMs } = row.table.lifetimes;
  const high = Math.max(0, content === undefined ? negativeTtlMs : ttlMs);
  return { low: isPreload ? high * (1 - MAX_JITTER) : high, high };
};

/** How far the clocks of two processes may differ. */
const ROUNDING_MS = 5;

/** The age of the answer to `read` when it was given; the clock may have stepped back. */
const ageOf = (
  read: SourceRead,
  answered: AnsweredRead,
  isFromMemory: boolean,
  visibility: Visibility,
): Range => {
  const from = visibility.isExact ? answered.received.wallMs : answered.sent.wallMs;
  const { wallMs } = read.asked;
  const age = {
    low: Math.max(0, from - wallMs - (visibility.isExact ? 0 : ROUNDING_MS)),
    high: answered.received.wallMs - wallMs + visibility.slackMs,
  };
  if (age.high >= 0) return age;
  // An entry from the future counts as just expired in memory; an answer from DynamoDB, as new.
  return isFromMemory ? lifetimeOf(read) : { low: 0, high: 0 };
};

/** The rules that are violated if this reader gets the answer to `read`. */
export const faultsOfAnswer = (
  read: SourceRead,
  line: CacheLine,
  answered: AnsweredRead,
  ledger: SourceLedger,
  visibility: Visibility,
): readonly string[] => {
  const faults: string[] = [];
  const check = (isRight: boolean, complaint: string) => {
    if (!isRight) faults.push(complaint);
  };
  const { row, content, asked, end } = read;
  const { cacheControl } = answered.asked;
  const isFromMemory = line.from !== 'origin';
  const age = ageOf(read, answered, isFromMemory, visibility);
  const history = ledger.historyOf(row);
  const isNewer = asked.order > answered.sent.order;

  check(row === answered.asked.row, 'it is the item of another key');
  check(
    end === undefined || end.how === 'answered' || !visibility.isExact,
    `its read ${end?.how ?? 'goes on'}`,
  );
  check(isWithin(Number(answered.headers.get('age')), age), `its Age is not ${inSeconds(age)}`);
  // After a failure memory is asked again: an entry that was invalidated meanwhile must not be served.
  const isLate = visibility.isExact && line.from === 'memory after failure';
  const chosen = isLate ? answered.received.order : answered.sent.order;
  check(!ledger.wasInvalidated(row, asked.order, chosen), 'it was invalidated');
  check(cacheControl.noCache !== true || (isNewer && !isFromMemory), 'it is older than the no-cache request');
  if (cacheControl.maxAgeMs !== undefined) {
    const isYoung = line.from === 'memory' && line.window === undefined && age.low <= cacheControl.maxAgeMs;
    check(isYoung || (isNewer && !isFromMemory), 'it is older than max-age');
  }
  check(cacheControl.onlyIfCached !== true || line.from === 'memory', 'it is not from memory');
  const isKept = isFromMemory || (line.from === 'origin' && line.isStored);
  check(!isKept || (content?.padding ?? 0) < ledger.maxEntryBytes, 'it is too large to be kept');
  if (line.from === 'origin') faultsOfOrigin();
  else faultsOfMemory(line.ttl, line.from === 'memory' ? line.window : undefined, line.from);
  return faults;

  function faultsOfOrigin(): void {
    if (line.from !== 'origin') return;
    check(line.status === (content === undefined ? 404 : 200), 'fwd-status tells another status');
    check(line.isCollapsed || isNewer, 'it shares a read, and does not say so');
    check(
      cacheControl.noCache === true || cacheControl.maxAgeMs !== undefined || line.reason !== 'request',
      'nobody asked past memory',
    );
    if (visibility.isExact)
      check((end?.order ?? 0) > answered.sent.order, 'its read was over before the request');
    if (!line.isStored || end === undefined) return;
    check(!ledger.wasInvalidated(row, asked.order, end.order), 'it was stored after an invalidation');
    const wasOvertaken = visibility.isExact && history.wasOvertaken(read, end.order, true);
    check(!wasOvertaken, 'it was stored though it was overtaken');
    check(lifetimeOf(read).high > 0 || mayServeErrors(read), 'it was stored without any lifetime');
  }

  function faultsOfMemory(ttl: number, window: string | undefined, from: CacheLine['from']): void {
    const { staleWhileRevalidateMs, staleIfErrorMs, ttlMs } = row.table.lifetimes;
    const lifetime = lifetimeOf(read);
    const left = { low: lifetime.low - age.high, high: lifetime.high - age.low };
    check(isWithin(ttl, left), `its ttl is not ${inSeconds(left)}`);
    check(!history.wasOvertaken(read, chosen, visibility.isExact), 'it was overtaken in memory');
    const isFresh = ttl >= 0 && left.high > 0;
    if (from === 'memory' && window === undefined) {
      check(isFresh, 'it is expired');
      return;
    }
    if (from === 'memory after failure' && isFresh) return;
    const isOpen = (windowMs: number) => windowMs > 0 && -left.high <= windowMs;
    check(content !== undefined, 'it is an absence that is known no more');
    check(
      cacheControl.maxAgeMs === undefined && cacheControl.noCache !== true,
      'it is stale, against the wish',
    );
    const mayRevalidate = ttlMs > 0 && isOpen(staleWhileRevalidateMs);
    if (window === 'stale-while-revalidate') {
      check(mayRevalidate, 'it is beyond stale-while-revalidate');
    } else {
      check(cacheControl.onlyIfCached !== true, 'nothing failed, because nothing was asked');
      // The windows overlap: an entry stored during the read may be served in either.
      const isOpenToo = from === 'memory after failure' && mayRevalidate;
      check(isOpen(staleIfErrorMs) || isOpenToo, 'it is beyond stale-if-error');
    }
    if (visibility.isExact)
      check(!history.wasRefusedAfter(read, answered.sent.order), 'it is stale after a refusal');
  }
};

const mayServeErrors = ({ content, row }: SourceRead): boolean =>
  content !== undefined && row.table.lifetimes.staleIfErrorMs > 0;

/** Whether the milliseconds can round down to these seconds. */
const isWithin = (seconds: number, { low, high }: Range): boolean =>
  seconds >= Math.floor(low / 1_000) && seconds <= Math.floor(high / 1_000);

const inSeconds = ({ low, high }: Range): string =>
  low === high
    ? `${Math.floor(low / 1_000)} s`
    : `from ${Math.floor(low / 1_000)} to ${Math.floor(high / 1_000)} s`;
