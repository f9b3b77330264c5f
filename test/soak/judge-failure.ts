import type { AnsweredRead } from './generated-request.ts';
import type { Visibility } from './judge-answer.ts';
import type { SourceLedger } from './ledger.ts';

/** The status of each error code of a read. */
const STATUS_OF: Readonly<Record<string, number>> = {
  upstream_refused: 502,
  throttled: 503,
  upstream_unavailable: 503,
  overloaded: 503,
  upstream_timeout: 504,
  not_in_cache: 504,
};

/** How long a failure of DynamoDB excuses errors if the run does not know when the program noticed it. */
const ECHO_MS = 10_000;

/** The program starts no read in this time before the end of an invocation. */
const DEADLINE_MARGIN_MS = 100;

/** The rules that are violated if this reader gets the error. */
export const faultsOfFailure = (
  code: string,
  answered: AnsweredRead,
  ledger: SourceLedger,
  visibility: Visibility,
): readonly string[] => {
  const faults: string[] = [];
  const { cacheControl } = answered.asked;
  if (STATUS_OF[code] !== answered.status) faults.push(`${answered.status} does not go with ${code}`);
  if (cacheControl.onlyIfCached === true) {
    if (code !== 'not_in_cache') faults.push('only-if-cached asked DynamoDB');
    return faults;
  }
  if (code === 'not_in_cache') faults.push('DynamoDB was to be asked');
  if (code === 'throttled' || code === 'overloaded') {
    if (!(Number(answered.headers.get('retry-after')) >= 1)) faults.push(`${code} comes without Retry-After`);
  }
  if (!isExcused(code, answered, ledger, visibility)) faults.push('nothing happened that excuses it');
  const takesAnything = cacheControl.noCache !== true && cacheControl.maxAgeMs === undefined;
  if (takesAnything && code !== 'upstream_refused' && answered.isRemembered === true)
    faults.push('memory had an answer');
  return faults;
};

const isExcused = (
  code: string,
  answered: AnsweredRead,
  ledger: SourceLedger,
  visibility: Visibility,
): boolean => {
  const { row } = answered.asked;
  const since = answered.sent.order;
  const history = ledger.historyOf(row);
  const table = ledger.tableHistory(row.table.name);
  if (!visibility.isExact) {
    const trouble = Math.max(table.lastTrouble.wallMs, ledger.lastFreeze.wallMs);
    return code === 'overloaded' || answered.sent.wallMs - trouble < ECHO_MS;
  }
  switch (code) {
    case 'upstream_refused':
      return history.hasEnded('refused', since);
    case 'throttled':
      return history.hasEnded('throttled', since) || answered.isHeldBack;
    case 'upstream_timeout':
      return history.hasEnded('timed out', since) || isOutOfTime(answered, ledger);
    case 'overloaded':
      return ledger.load.wasFullSince(since);
    default:
      return (
        history.hasEnded('failed', since) ||
        history.hasEnded('lost', since) ||
        table.wasOutOfReachSince(since)
      );
  }
};

/** Whether the end of an invocation aborted the reader's read or prevented it. */
const isOutOfTime = ({ asked, sent, received }: AnsweredRead, ledger: SourceLedger): boolean =>
  ledger.historyOf(asked.row).hasEnded('out of time', sent.order) ||
  ledger.endsWithin(DEADLINE_MARGIN_MS, received.wallMs);

/** Whether a failure permits stale answers. */
export const isTroubled = (
  answered: AnsweredRead,
  wasAsked: boolean,
  ledger: SourceLedger,
  visibility: Visibility,
): boolean => {
  const { row } = answered.asked;
  const table = ledger.tableHistory(row.table.name);
  const since = answered.sent.order;
  const isOverloaded = wasAsked && ledger.load.wasFullSince(since);
  if (!visibility.isExact) {
    const trouble = Math.max(table.lastTrouble.wallMs, ledger.lastFreeze.wallMs);
    return isOverloaded || answered.sent.wallMs - trouble < ECHO_MS;
  }
  if (!wasAsked) return answered.isHeldBack;
  return (
    isOverloaded ||
    isOutOfTime(answered, ledger) ||
    table.lastTrouble.order > since ||
    table.wasOutOfReachSince(since)
  );
};
