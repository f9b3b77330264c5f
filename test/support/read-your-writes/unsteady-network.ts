import { SourceTimeoutError, type TransientError } from '../../../src/domain/cache/errors.ts';
import { NotForwardedError } from '../../../src/ports/inbound/wire-operations.ts';
import type { Chance } from '../chance.ts';
import type { FakeClock } from '../fakes/fake-clock.ts';
import type { LaggingDynamoDb, Outcome } from './lagging-dynamodb.ts';

/** Learns what an operation did, at the moment at which it was done. */
export type Witness = (outcome: Outcome) => void;

/** What lies between the program and DynamoDB: it takes its time, loses answers and questions, and holds some back for seconds. */
export class UnsteadyNetwork {
  readonly #dynamoDb: LaggingDynamoDb;
  readonly #clock: FakeClock;
  readonly #chance: Chance;
  /** Operations that arrived. */
  calls = 0;

  constructor(dynamoDb: LaggingDynamoDb, clock: FakeClock, chance: Chance) {
    this.#dynamoDb = dynamoDb;
    this.#clock = clock;
    this.#chance = chance;
  }

  /** Rejects with a `TransientError` where no answer came, whether the operation was done, is done yet, or never is. */
  send(operation: string, body: string, witness: Witness = () => undefined): Promise<Outcome> {
    return new Promise((resolve, reject) => {
      const arrive = (): Outcome => {
        this.calls += 1;
        const outcome = this.#dynamoDb.do(operation, body);
        witness(outcome);
        return outcome;
      };
      const fail = (error: TransientError, afterMs: number) =>
        this.#clock.after(afterMs, () => reject(error));
      const fate = this.#chance.below(100);
      if (fate === 0) fail(new NotForwardedError('no connection'), this.#wayMs());
      else if (fate === 1) fail(late(), 300);
      else if (fate === 2) {
        this.#clock.after(this.#wayMs(), arrive);
        fail(late(), 300);
      } else if (fate === 3) {
        fail(late(), 300);
        this.#clock.after(this.#chance.between(301, 8_000), arrive);
      } else {
        this.#clock.after(this.#wayMs(), () => {
          const outcome = arrive();
          this.#clock.after(this.#wayMs(), () => resolve(outcome));
        });
      }
    });
  }

  #wayMs(): number {
    return this.#chance.oneIn(8) ? this.#chance.between(50, 400) : this.#chance.between(1, 20);
  }
}

const late = () => new SourceTimeoutError('no answer came in time');
