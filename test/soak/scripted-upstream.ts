import { TransportError } from '../../src/adapters/aws/http-client/transport-error.ts';
import { ServiceError } from '../../src/adapters/aws/service-error.ts';
import type { Upstream, UpstreamCall } from '../../src/adapters/dynamodb/dynamodb-upstream.ts';
import { SourceTimeoutError, TransientError } from '../../src/domain/cache/errors.ts';
import type { Clock } from '../../src/ports/outbound/clock.ts';
import type { Origin } from './origin.ts';
import type { Ending } from './question.ts';
import type { Fate, Weather } from './weather.ts';

const encoder = new TextEncoder();

/** A DynamoDB without a wire, which fails in the ways of the wire. */
export class ScriptedUpstream implements Upstream {
  readonly #origin: Origin;
  readonly #weather: Weather;
  readonly #clock: Clock;

  constructor(origin: Origin, weather: Weather, clock: Clock) {
    this.#origin = origin;
    this.#weather = weather;
    this.#clock = clock;
  }

  send(call: UpstreamCall, _region: string | undefined, signal: AbortSignal): Promise<Uint8Array> {
    const { table, text, end } = this.#origin.ask(call);
    const fate = this.#weather.fateOf(table);
    return new Promise((resolve, reject) => {
      const land = () => {
        signal.removeEventListener('abort', giveUp);
        end(ENDINGS[fate]);
        if (fate === 'answered') resolve(encoder.encode(text));
        else if (fate === 'garbage') resolve(encoder.encode(text.slice(0, -1)));
        else reject(errorOf(fate));
      };
      const cancel =
        fate === 'silent' ? () => undefined : this.#clock.after(this.#weather.delayMsOf(table), land);
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

const ENDINGS: Readonly<Record<Fate, Ending>> = {
  answered: 'answered',
  garbage: 'failed',
  failed: 'failed',
  throttled: 'throttled',
  refused: 'refused',
  lost: 'lost',
  silent: 'timed out',
};

const errorOf = (fate: Exclude<Fate, 'answered' | 'garbage'>): Error => {
  switch (fate) {
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
