import { SourceTimeoutError, type TransientError } from '../../../src/domain/cache/errors.ts';
import { NotForwardedError } from '../../../src/ports/inbound/wire-operations.ts';
import type { Chance } from '../chance.ts';
import type { LaggingDynamoDb, Outcome } from '../read-your-writes/lagging-dynamodb.ts';
import type { FleetPlan } from './fleet-plan.ts';
import type { EnvironmentClock, FleetTime } from './fleet-time.ts';

export interface FleetNetworkParts {
  readonly plan: FleetPlan;
  readonly dynamoDb: LaggingDynamoDb;
  readonly time: FleetTime;
  readonly clock: EnvironmentClock;
  readonly chance: Chance;
  /** Whether DynamoDB answers nobody. */
  readonly isDown: () => boolean;
  readonly onFailure: () => void;
}

const TIMEOUT_MS = 300;
/** The longest time after which an operation of unknown outcome is still done. */
export const MAX_DELAY_MS = 8_000;

/** The way from one environment to DynamoDB: it takes time, loses requests and answers, and holds some back for seconds. */
export class FleetNetwork {
  readonly #parts: FleetNetworkParts;
  #open = 0;
  /** When two operations last were under way at the same time. */
  #overlappedAt = Number.NEGATIVE_INFINITY;

  constructor(parts: FleetNetworkParts) {
    this.#parts = parts;
  }

  /** Whether no two operations have been under way at the same time since then. */
  isSingleSince(ms: number): boolean {
    return this.#overlappedAt < ms;
  }

  /**
   * Rejects with a `TransientError` if there is no answer, whether the operation was done, will be done, or never is.
   *
   * @param listener is called when the operation is done
   */
  async send(
    operation: string,
    body: string,
    listener: (outcome: Outcome) => void = () => undefined,
  ): Promise<Outcome> {
    this.#noteOverlap();
    this.#open += 1;
    try {
      return await this.#exchange(operation, body, listener);
    } finally {
      this.#open -= 1;
      this.#noteOverlap();
    }
  }

  #exchange(operation: string, body: string, listener: (outcome: Outcome) => void): Promise<Outcome> {
    const { plan, dynamoDb, time, clock, chance, isDown, onFailure } = this.#parts;
    return new Promise((resolve, reject) => {
      const arrive = (): Outcome => {
        const outcome = dynamoDb.do(operation, body);
        listener(outcome);
        return outcome;
      };
      const fail = (error: TransientError) => {
        onFailure();
        reject(error);
      };
      const loseContact = () =>
        clock.after(TIMEOUT_MS, () => fail(new SourceTimeoutError('no answer came in time')));
      switch (isDown() ? 1 : chance.below(plan.isUncertain ? 10 : 50)) {
        case 0:
          clock.after(this.#wayMs(), () => fail(new NotForwardedError('no connection')));
          break;
        case 1:
          loseContact();
          break;
        case 2:
          time.schedule(this.#wayMs(), arrive);
          loseContact();
          break;
        case 3:
          loseContact();
          time.schedule(chance.between(TIMEOUT_MS + 1, MAX_DELAY_MS), arrive);
          break;
        default:
          time.schedule(this.#wayMs(), () => {
            const outcome = arrive();
            time.schedule(this.#wayMs(), () => clock.deliver(() => resolve(outcome)));
          });
      }
    });
  }

  #noteOverlap(): void {
    if (this.#open > 0) this.#overlappedAt = this.#parts.time.passedMs;
  }

  #wayMs(): number {
    const { chance } = this.#parts;
    return chance.oneIn(6) ? chance.between(50, 400) : chance.between(1, 20);
  }
}
