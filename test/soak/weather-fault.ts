import type { Chance } from '../support/chance.ts';
import type { Fault } from '../support/faults/faults.ts';
import { FAULTS, type FaultName } from '../support/faults/faults.ts';
import type { ProxiedRequest } from '../support/faults/proxied-request.ts';
import type { Ledger } from './ledger.ts';
import type { Fate, Weather } from './weather.ts';

/** What can happen on the wire where the weather speaks of a fate. */
const FAULTS_OF: Readonly<Record<Fate, readonly [FaultName, ...FaultName[]]>> = {
  answered: ['pass'],
  garbage: ['garbage', 'empty', 'cut', 'bad-gateway'],
  failed: [500, 503],
  throttled: ['throttle', 'throttling', 'request-limit'],
  refused: ['access-denied', 'no-such-table', 'validation', 'expired-token'],
  lost: ['reset', 'reset-midway', 'truncate', 'noise'],
  silent: ['hang', 'stall'],
};

/** Does to each request what the weather over its table says, and notes the trouble that comes of it. */
export const weatherFault =
  (weather: Weather, chance: Chance, ledger: Ledger): Fault =>
  async (exchange) => {
    const table = ledger.tableHistory(tableOf(exchange.request));
    const fate = weather.fateOf(tableOf(exchange.request));
    const startedAt = performance.now();
    if (fate !== 'answered') table.ended('failed', ledger.moment());
    await FAULTS[chance.pick(FAULTS_OF[fate])](exchange);
    if (fate !== 'answered' || performance.now() - startedAt > SLOW_MS)
      table.ended('failed', ledger.moment());
  };

/** An answer that takes longer may come too late, because there are others before it. */
const SLOW_MS = 400;

const tableOf = ({ body: input }: ProxiedRequest): string => {
  if (typeof input !== 'object' || input === null) return '';
  const name: unknown = Reflect.get(input, 'TableName');
  if (typeof name === 'string') return name;
  const items: unknown = Reflect.get(input, 'RequestItems');
  return typeof items === 'object' && items !== null ? (Object.keys(items)[0] ?? '') : '';
};
