import { setTimeout as delay } from 'node:timers/promises';
import { TransportError } from '../../src/adapters/aws/http-client/transport-error.ts';
import { ServiceError } from '../../src/adapters/aws/service-errors.ts';
import type { Upstream, UpstreamCall } from '../../src/adapters/dynamodb/dynamodb-upstream.ts';
import { SourceTimeoutError, TransientError } from '../../src/domain/cache/errors.ts';
import type { Clock } from '../../src/ports/outbound/clock.ts';
import type { Chance } from '../support/chance.ts';
import { FAULTS, type Fault, type FaultName } from '../support/faults/faults.ts';
import type { ProxiedRequest } from '../support/faults/proxied-request.ts';
import { answering, ScriptedServer } from '../support/http/scripted-server.ts';
import type { Ending } from '../support/model/read-history.ts';
import type { SourceLedger } from './ledger.ts';
import type { Origin } from './origin.ts';

/** How DynamoDB handles a call. */
export type Outcome = 'answered' | 'garbage' | 'failed' | 'throttled' | 'refused' | 'lost' | 'silent';

type Regime = 'healthy' | 'slow' | 'throttling' | 'failing' | 'unreachable' | 'silent' | 'refusing' | 'mixed';

/** Half of the time nothing fails. */
const REGIMES: readonly [Regime, ...Regime[]] = [
  'healthy',
  ...Array.from({ length: 8 }, (): Regime => 'healthy'),
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
  healthy: ['answered'],
  slow: ['answered'],
  throttling: ['answered', 'throttled'],
  failing: ['failed', 'garbage'],
  unreachable: ['lost'],
  silent: ['silent'],
  refusing: ['refused'],
  mixed: ['answered', 'answered', 'answered', 'garbage', 'failed', 'throttled', 'refused', 'lost', 'silent'],
};

/** Decides by chance how calls of each table end and how long they take. */
export class FaultSchedule {
  readonly #chance: Chance;
  readonly #regimes = new Map<string, Regime>();

  constructor(chance: Chance) {
    this.#chance = chance;
  }

  /** Changes how the calls of a table end. */
  change(table: string): void {
    this.#regimes.set(table, this.#chance.pick(REGIMES));
  }

  /** Makes all tables healthy. */
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
    return this.#regimes.get(table) ?? 'healthy';
  }
}

/** The faults on the wire that cause each outcome. */
const FAULTS_OF: Readonly<Record<Outcome, readonly [FaultName, ...FaultName[]]>> = {
  answered: ['pass'],
  garbage: ['garbage', 'empty', 'cut', 'bad-gateway'],
  failed: [500, 503],
  throttled: ['throttle', 'throttling', 'request-limit'],
  refused: ['access-denied', 'no-such-table', 'validation', 'expired-token'],
  lost: ['reset', 'reset-midway', 'truncate', 'noise'],
  silent: ['hang', 'stall'],
};

/** Applies the schedule to each request, and records the resulting failures in the ledger. */
export const scheduledFault =
  (schedule: FaultSchedule, chance: Chance, ledger: SourceLedger): Fault =>
  async (context) => {
    const table = ledger.tableHistory(tableOf(context.request));
    const outcome = schedule.outcomeOf(tableOf(context.request));
    const startedAt = performance.now();
    if (outcome !== 'answered') table.ended('failed', ledger.moment());
    await FAULTS[chance.pick(FAULTS_OF[outcome])](context);
    if (outcome !== 'answered' || performance.now() - startedAt > SLOW_MS)
      table.ended('failed', ledger.moment());
  };

/** An answer that takes longer may come too late, because others queue before it. */
const SLOW_MS = 400;

const tableOf = ({ body: input }: ProxiedRequest): string => {
  if (typeof input !== 'object' || input === null) return '';
  const name: unknown = Reflect.get(input, 'TableName');
  if (typeof name === 'string') return name;
  const items: unknown = Reflect.get(input, 'RequestItems');
  return typeof items === 'object' && items !== null ? (Object.keys(items)[0] ?? '') : '';
};

const encoder = new TextEncoder();

/** A DynamoDB in this process that fails by the schedule, in simulated time. */
export class SimulatedUpstream implements Upstream {
  readonly #origin: Origin;
  readonly #schedule: FaultSchedule;
  readonly #clock: Clock;

  constructor(origin: Origin, schedule: FaultSchedule, clock: Clock) {
    this.#origin = origin;
    this.#schedule = schedule;
    this.#clock = clock;
  }

  send(call: UpstreamCall, _region: string | undefined, signal: AbortSignal): Promise<Uint8Array> {
    const { table, text, end } = this.#origin.ask(call);
    const outcome = this.#schedule.outcomeOf(table);
    return new Promise((resolve, reject) => {
      const land = () => {
        signal.removeEventListener('abort', giveUp);
        end(ENDINGS[outcome]);
        if (outcome === 'answered') resolve(encoder.encode(text));
        else if (outcome === 'garbage') resolve(encoder.encode(text.slice(0, -1)));
        else reject(errorOf(outcome));
      };
      const cancel =
        outcome === 'silent' ? () => undefined : this.#clock.after(this.#schedule.delayMsOf(table), land);
      const giveUp = () => {
        cancel();
        end(endingOf(signal.reason));
        reject(signal.reason);
      };
      signal.addEventListener('abort', giveUp, { once: true });
    });
  }
}

/** How a call ended that the program aborted for this reason. */
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

/** Serves the tables of the soak through the protocol of DynamoDB. It delays by the schedule, and never fails. */
export const startOriginServer = async (origin: Origin, schedule: FaultSchedule): Promise<ScriptedServer> => {
  const server = await ScriptedServer.start(async (response, { operation, body }) => {
    // A long run must not fill the memory.
    server.received.length = 0;
    const { table, text, end } = origin.ask(callOf(operation, body.toString()));
    await delay(schedule.delayMsOf(table));
    end('answered');
    answering(200, text)(response);
  });
  return server;
};

const callOf = (operation: string, body: string): UpstreamCall => {
  switch (operation) {
    case 'GetItem':
    case 'BatchGetItem':
    case 'Scan':
      return { operation, input: JSON.parse(body) };
    default:
      throw new RangeError(`${operation} is not part of the soak`);
  }
};
