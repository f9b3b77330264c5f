import type { Sight } from './age.ts';
import type { Reading } from './exchange.ts';
import type { Ledger } from './ledger.ts';

/** Every way in which a read may fail, with its status. */
const STATUS_OF: Readonly<Record<string, number>> = {
  upstream_refused: 502,
  throttled: 503,
  upstream_unavailable: 503,
  overloaded: 503,
  upstream_timeout: 504,
  not_in_cache: 504,
};

/** How long trouble at DynamoDB may show where nobody knows when the program noticed it. */
const ECHO_MS = 10_000;

/** So long before the end of an invocation nothing is begun any more. */
const DEADLINE_MARGIN_MS = 100;

/** What is wrong with failing this reader with the code. */
export const faultsOfFailure = (
  code: string,
  reading: Reading,
  ledger: Ledger,
  sight: Sight,
): readonly string[] => {
  const faults: string[] = [];
  const { wish } = reading.asked;
  if (STATUS_OF[code] !== reading.status) faults.push(`${reading.status} does not go with ${code}`);
  if (wish.onlyIfCached === true) {
    if (code !== 'not_in_cache') faults.push('only-if-cached asked DynamoDB');
    return faults;
  }
  if (code === 'not_in_cache') faults.push('DynamoDB was to be asked');
  if (code === 'throttled' || code === 'overloaded') {
    if (!(Number(reading.headers.get('retry-after')) >= 1)) faults.push(`${code} comes without Retry-After`);
  }
  if (!isExcused(code, reading, ledger, sight)) faults.push('nothing happened that excuses it');
  const takesAnything = wish.noCache !== true && wish.maxAgeMs === undefined;
  if (takesAnything && code !== 'upstream_refused' && reading.isRemembered === true)
    faults.push('memory had an answer');
  return faults;
};

const isExcused = (code: string, reading: Reading, ledger: Ledger, sight: Sight): boolean => {
  const { place } = reading.asked;
  const since = reading.sent.order;
  const history = ledger.placeHistory(place);
  const table = ledger.tableHistory(place.table.name);
  if (!sight.isExact) {
    const trouble = Math.max(table.lastTrouble.wallMs, ledger.lastFreeze.wallMs);
    return code === 'overloaded' || reading.sent.wallMs - trouble < ECHO_MS;
  }
  switch (code) {
    case 'upstream_refused':
      return history.hasEnded('refused', since);
    case 'throttled':
      return history.hasEnded('throttled', since) || reading.isHeldBack;
    case 'upstream_timeout':
      return history.hasEnded('timed out', since) || isOutOfTime(reading, ledger);
    case 'overloaded':
      return ledger.crowd.wasFullSince(since);
    default:
      return (
        history.hasEnded('failed', since) ||
        history.hasEnded('lost', since) ||
        table.wasOutOfReachSince(since)
      );
  }
};

/** Whether the end of an invocation cut the reader's time short: in the middle of its read, or before that could begin. */
const isOutOfTime = ({ asked, sent, received }: Reading, ledger: Ledger): boolean =>
  ledger.placeHistory(asked.place).hasEnded('out of time', sent.order) ||
  ledger.endsWithin(DEADLINE_MARGIN_MS, received.wallMs);

/** Whether something happened that lets stale answers be given in place of DynamoDB's. */
export const isTroubled = (reading: Reading, wasAsked: boolean, ledger: Ledger, sight: Sight): boolean => {
  const { place } = reading.asked;
  const table = ledger.tableHistory(place.table.name);
  const since = reading.sent.order;
  const isOverloaded = wasAsked && ledger.crowd.wasFullSince(since);
  if (!sight.isExact) {
    const trouble = Math.max(table.lastTrouble.wallMs, ledger.lastFreeze.wallMs);
    return isOverloaded || reading.sent.wallMs - trouble < ECHO_MS;
  }
  if (!wasAsked) return reading.isHeldBack;
  return (
    isOverloaded ||
    isOutOfTime(reading, ledger) ||
    table.lastTrouble.order > since ||
    table.wasOutOfReachSince(since)
  );
};
