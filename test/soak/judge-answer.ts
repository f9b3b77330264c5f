import { ageOf, lifetimeOf, type Range, type Sight } from './age.ts';
import type { CacheLine } from './cache-line.ts';
import type { Reading } from './exchange.ts';
import type { Ledger } from './ledger.ts';
import type { Question } from './question.ts';

/** What is wrong with giving the answer to `question` to this reader, by the rules of a read. */
export const faultsOfAnswer = (
  question: Question,
  line: CacheLine,
  reading: Reading,
  ledger: Ledger,
  sight: Sight,
): readonly string[] => {
  const faults: string[] = [];
  const check = (isRight: boolean, complaint: string) => {
    if (!isRight) faults.push(complaint);
  };
  const { place, content, asked, end } = question;
  const { wish } = reading.asked;
  const isFromMemory = line.from !== 'origin';
  const age = ageOf(question, reading, isFromMemory, sight);
  const history = ledger.placeHistory(place);
  const isNewer = asked.order > reading.sent.order;

  check(place === reading.asked.place, 'it is the item of another key');
  check(end === undefined || end.how === 'answered' || !sight.isExact, `its read ${end?.how ?? 'goes on'}`);
  check(isWithin(Number(reading.headers.get('age')), age), `its Age is not ${inSeconds(age)}`);
  // After a failure memory is asked again, so that it must have forgotten what was deleted meanwhile.
  const isLate = sight.isExact && line.from === 'memory after failure';
  const chosen = isLate ? reading.received.order : reading.sent.order;
  check(!ledger.wasInvalidated(place, asked.order, chosen), 'it was invalidated');
  check(wish.noCache !== true || (isNewer && !isFromMemory), 'it is older than the no-cache request');
  if (wish.maxAgeMs !== undefined) {
    const isYoung = line.from === 'memory' && line.window === undefined && age.low <= wish.maxAgeMs;
    check(isYoung || (isNewer && !isFromMemory), 'it is older than max-age');
  }
  check(wish.onlyIfCached !== true || line.from === 'memory', 'it is not from memory');
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
      wish.noCache === true || wish.maxAgeMs !== undefined || line.reason !== 'request',
      'nobody asked past memory',
    );
    if (sight.isExact) check((end?.order ?? 0) > reading.sent.order, 'its read was over before the request');
    if (!line.isStored || end === undefined) return;
    check(!ledger.wasInvalidated(place, asked.order, end.order), 'it was stored after an invalidation');
    const wasOvertaken = sight.isExact && history.wasOvertaken(question, end.order, true);
    check(!wasOvertaken, 'it was stored though it was overtaken');
    check(lifetimeOf(question).high > 0 || mayServeErrors(question), 'it was stored without any lifetime');
  }

  function faultsOfMemory(ttl: number, window: string | undefined, from: CacheLine['from']): void {
    const { staleWhileRevalidateMs, staleIfErrorMs, ttlMs } = place.table.lifetimes;
    const lifetime = lifetimeOf(question);
    const left = { low: lifetime.low - age.high, high: lifetime.high - age.low };
    check(isWithin(ttl, left), `its ttl is not ${inSeconds(left)}`);
    check(!history.wasOvertaken(question, chosen, sight.isExact), 'it was overtaken in memory');
    const isFresh = ttl >= 0 && left.high > 0;
    if (from === 'memory' && window === undefined) {
      check(isFresh, 'it is expired');
      return;
    }
    if (from === 'memory after failure' && isFresh) return;
    const isOpen = (windowMs: number) => windowMs > 0 && -left.high <= windowMs;
    check(content !== undefined, 'it is an absence that is known no more');
    check(wish.maxAgeMs === undefined && wish.noCache !== true, 'it is stale, against the wish');
    const mayRevalidate = ttlMs > 0 && isOpen(staleWhileRevalidateMs);
    if (window === 'stale-while-revalidate') {
      check(mayRevalidate, 'it is beyond stale-while-revalidate');
    } else {
      check(wish.onlyIfCached !== true, 'nothing failed, because nothing was asked');
      // The windows overlap: what came into memory during the read may be answered in either.
      const isOpenToo = from === 'memory after failure' && mayRevalidate;
      check(isOpen(staleIfErrorMs) || isOpenToo, 'it is beyond stale-if-error');
    }
    if (sight.isExact) check(!wasRefused(question, reading, ledger), 'it is stale after a refusal');
  }
};

const mayServeErrors = ({ content, place }: Question): boolean =>
  content !== undefined && place.table.lifetimes.staleIfErrorMs > 0;

/** Whether a read that was asked after this answer had come was refused before the reader came. */
const wasRefused = ({ place, end }: Question, { sent }: Reading, ledger: Ledger): boolean =>
  ledger.placeHistory(place).questions.some(
    (other) =>
      // That a batch is refused says nothing of its keys.
      other.operation === 'GetItem' &&
      end !== undefined &&
      other.asked.order > end.order &&
      other.end?.how === 'refused' &&
      other.end.order < sent.order,
  );

/** Whether whole seconds, rounded down, may stand for the milliseconds. */
const isWithin = (seconds: number, { low, high }: Range): boolean =>
  seconds >= Math.floor(low / 1_000) && seconds <= Math.floor(high / 1_000);

const inSeconds = ({ low, high }: Range): string =>
  low === high
    ? `${Math.floor(low / 1_000)} s`
    : `from ${Math.floor(low / 1_000)} to ${Math.floor(high / 1_000)} s`;
