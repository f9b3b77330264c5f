import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { TransportError } from '../../src/adapters/aws/http-client/transport-error.ts';
import { ServiceError } from '../../src/adapters/aws/service-error.ts';
import type { Upstream, UpstreamCall } from '../../src/adapters/aws/upstream.ts';
import { SourceTimeoutError, TransientError } from '../../src/domain/cache/errors.ts';
import type { Clock } from '../../src/ports/outbound/clock.ts';
import type { Chance } from '../support/chance.ts';
import { FAULTS, type Fault, type FaultName } from '../support/faults/faults.ts';
import type { ProxiedRequest } from '../support/faults/proxied-request.ts';
import type { Ending } from '../support/model/read-history.ts';
import type { SourceLedger } from './ledger.ts';
import type { Origin } from './origin.ts';

/** What becomes of a call. */
export type Outcome = 'answered' | 'garbage' | 'failed' | 'throttled' | 'refused' | 'lost' | 'silent';

type Regime = 'fair' | 'slow' | 'throttling' | 'failing' | 'unreachable' | 'silent' | 'refusing' | 'mixed';

/** Half of the time there is nothing wrong. */
const FAIR: readonly [Regime, ...Regime[]] = [
  'fair',
  'fair',
  'fair',
  'fair',
  'fair',
  'fair',
  'fair',
  'fair',
  'fair',
];

const REGIMES: readonly [Regime, ...Regime[]] = [
  ...FAIR,
  'slow',
  'throttling',
  'failing',
  'unreachable',
  'silent',
  'refusing',
  'refusing',
  'mixed',
  'mixed',
];

const OUTCOMES: Readonly<Record<Regime, readonly [Outcome, ...Outcome[]]>> = {
  fair: ['answered'],
  slow: ['answered'],
  throttling: ['answered', 'throttled'],
  failing: ['failed', 'garbage'],
  unreachable: ['lost'],
  silent: ['silent'],
  refusing: ['refused'],
  mixed: ['answered', 'answered', 'answered', 'garbage', 'failed', 'throttled', 'refused', 'lost', 'silent'],
};

/** How each table is doing just now. */
export class FaultSchedule {
  readonly #chance: Chance;
  readonly #regimes = new Map<string, Regime>();

  constructor(chance: Chance) {
    this.#chance = chance;
  }

  /** It changes over one table. */
  change(table: string): void {
    this.#regimes.set(table, this.#chance.pick(REGIMES));
  }

  /** It is fair everywhere. */
  clear(): void {
    this.#regimes.clear();
  }

  outcomeOf(table: string): Outcome {
    return this.#chance.pick(OUTCOMES[this.#regimeOf(table)]);
  }

  /** Milliseconds that an answer takes. */
  delayMsOf(table: string): number {
    if (this.#regimeOf(table) === 'slow') return this.#chance.between(100, 3_000);
    return this.#chance.oneIn(8) ? this.#chance.between(500, 1_900) : this.#chance.between(1, 60);
  }

  #regimeOf(table: string): Regime {
    return this.#regimes.get(table) ?? 'fair';
  }
}

/** What can happen on the wire where the schedule speaks of a outcome. */
const FAULTS_OF: Readonly<Record<Outcome, readonly [FaultName, ...FaultName[]]>> = {
  answered: ['pass'],
  garbage: ['garbage', 'empty', 'cut', 'bad-gateway'],
  failed: [500, 503],
  throttled: ['throttle', 'throttling', 'request-limit'],
  refused: ['access-denied', 'no-such-table', 'validation', 'expired-token'],
  lost: ['reset', 'reset-midway', 'truncate', 'noise'],
  silent: ['hang', 'stall'],
};

/** Does to each request what the schedule over its table says, and notes the trouble that comes of it. */
export const scheduledFault =
  (schedule: FaultSchedule, chance: Chance, ledger: SourceLedger): Fault =>
  async (exchange) => {
    const table = ledger.tableHistory(tableOf(exchange.request));
    const outcome = schedule.outcomeOf(tableOf(exchange.request));
    const startedAt = performance.now();
    if (outcome !== 'answered') table.ended('failed', ledger.moment());
    await FAULTS[chance.pick(FAULTS_OF[outcome])](exchange);
    if (outcome !== 'answered' || performance.now() - startedAt > SLOW_MS)
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

const encoder = new TextEncoder();

/** A DynamoDB without a wire, which fails in the ways of the wire. */
export class SimulatedUpstream implements Upstream {
  readonly #origin: Origin;
  readonly #weather: FaultSchedule;
  readonly #clock: Clock;

  constructor(origin: Origin, schedule: FaultSchedule, clock: Clock) {
    this.#origin = origin;
    this.#weather = schedule;
    this.#clock = clock;
  }

  send(call: UpstreamCall, _region: string | undefined, signal: AbortSignal): Promise<Uint8Array> {
    const { table, text, end } = this.#origin.ask(call);
    const outcome = this.#weather.outcomeOf(table);
    return new Promise((resolve, reject) => {
      const land = () => {
        signal.removeEventListener('abort', giveUp);
        end(ENDINGS[outcome]);
        if (outcome === 'answered') resolve(encoder.encode(text));
        else if (outcome === 'garbage') resolve(encoder.encode(text.slice(0, -1)));
        else reject(errorOf(outcome));
      };
      const cancel =
        outcome === 'silent' ? () => undefined : this.#clock.after(this.#weather.delayMsOf(table), land);
      const giveUp = () => {
        cancel();
        end(endingOf(signal.reason));
        reject(signal.reason);
      };
      signal.addEventListener('abort', giveUp, { once: true });
    });
  }
}

/** How a call ended that the program gave up for this reason. */
const endingOf = (reason: unknown): Ending => {
  if (reason instanceof SourceTimeoutError) return 'timed out';
  return reason instanceof TransientError ? 'out of time' : 'given up';
};

const ENDINGS: Readonly<Record<Outcome, Ending>> = {
  answered: 'answered',
  garbage: 'failed',
  failed: 'failed',
  throttled: 'throttled',
  refused: 'refused',
  lost: 'lost',
  silent: 'timed out',
};

const errorOf = (outcome: Exclude<Outcome, 'answered' | 'garbage'>): Error => {
  switch (outcome) {
    case 'failed':
      return new ServiceError('InternalServerError', 500);
    case 'throttled':
      return new ServiceError('ProvisionedThroughputExceededException', 400);
    case 'refused':
      return new ServiceError('AccessDeniedException', 400);
    case 'lost':
    case 'silent':
      return new TransportError(
        Object.assign(new Error('the soak cut the connection'), { code: 'ECONNRESET' }),
      );
  }
};

/** The tables of the soak behind DynamoDB's protocol. It is slow where the schedule says so, and never fails. */
export class OriginServer {
  readonly #origin: Origin;
  readonly #weather: FaultSchedule;
  readonly #server = createServer((request, response) => void this.#answer(request, response));

  constructor(origin: Origin, schedule: FaultSchedule) {
    this.#origin = origin;
    this.#weather = schedule;
    this.#server.keepAliveTimeout = 0;
  }

  /** Resolves with the endpoint. */
  async listen(): Promise<string> {
    await once(this.#server.listen(0, '127.0.0.1'), 'listening');
    const address = this.#server.address();
    if (typeof address !== 'object' || address === null) throw new Error('the server does not listen');
    return `http://127.0.0.1:${address.port}`;
  }

  async close(): Promise<void> {
    await new Promise((resolve) => {
      this.#server.close(resolve);
      this.#server.closeAllConnections();
    });
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const target = String(request.headers['x-amz-target']).replace(/^.*\./, '');
    const { table, text, end } = this.#origin.ask(callOf(target, await textOf(request)));
    await delay(this.#weather.delayMsOf(table));
    end('answered');
    response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0' }).end(text);
  }
}

const callOf = (operation: string, body: string): UpstreamCall => {
  switch (operation) {
    case 'GetItem':
    case 'BatchGetItem':
    case 'Scan':
      return { operation, input: JSON.parse(body) };
    default:
      throw new RangeError(`nobody needs ${operation}`);
  }
};

const textOf = async (request: IncomingMessage): Promise<string> => {
  let text = '';
  for await (const chunk of request.setEncoding('utf8')) text += chunk;
  return text;
};
