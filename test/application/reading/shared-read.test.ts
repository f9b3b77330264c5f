import { describe, expect, it } from '@jest/globals';
import { type ReadDemand, SharedRead } from '../../../src/application/reading/single-flight.ts';
import { CallAbandonedError } from '../../../src/application/source-access/source-caller.ts';
import { keyOf, PLAIN, TYPED, unavailable } from '../../support/application/create-application.ts';

const easy: ReadDemand = { contentType: PLAIN, exact: false };
const exact: ReadDemand = { contentType: PLAIN, exact: true };
const other: ReadDemand = { contentType: TYPED, exact: false };

const asked = (): SharedRead => {
  const flight = new SharedRead(keyOf('k'));
  flight.markAsked(1_000, 0, [PLAIN]);
  return flight;
};

const taken = (flight: SharedRead): readonly boolean[] =>
  [easy, exact, other].map((passenger) => flight.canServe(passenger));

describe('SharedRead', () => {
  it('serves every reader before the source is asked', () => {
    expect(taken(new SharedRead(keyOf('k')))).toEqual([true, true, true]);
  });

  it('serves a reader of a requested content type, but none that demands a later read', () => {
    expect(taken(asked())).toEqual([true, false, false]);
  });

  it('serves no reader after it is superseded, until the source is asked again', () => {
    const flight = asked();
    flight.markSuperseded();
    expect(taken(flight)).toEqual([false, false, false]);

    flight.markAsked(2_000, 0, [PLAIN, TYPED]);
    expect(taken(flight)).toEqual([true, false, true]);
  });

  it('is not superseded by an invalidation before the source is asked', () => {
    const flight = new SharedRead(keyOf('k'));
    flight.markSuperseded();
    flight.markAsked(1_000, 0, [PLAIN]);

    expect(taken(flight)).toEqual([true, false, false]);
  });

  it('serves every reader again when its call is abandoned, and gives the next call its own signal', () => {
    const flight = asked();
    const { signal } = flight;
    flight.abandon();

    expect(taken(flight)).toEqual([true, true, true]);
    expect(flight.askedAt).toBeUndefined();
    expect(signal.reason).toBeInstanceOf(CallAbandonedError);
    expect(flight.signal.aborted).toBe(false);
  });

  it('is abandoned if its call is abandoned and no reader waits', () => {
    const flight = asked();
    expect(flight.isAbandoned).toBe(false);
    flight.abandon();
    expect(flight.isAbandoned).toBe(true);

    flight.readers = 1;
    expect(flight.isAbandoned).toBe(false);
    flight.readers = 0;
    flight.markAsked(2_000, 0, [PLAIN]);
    expect(flight.isAbandoned).toBe(false);
  });

  it('rejects for waiting readers, and causes no unhandled rejection', async () => {
    const flight = asked();
    const error = unavailable();
    flight.reject(error);

    await expect(flight.outcome).rejects.toBe(error);
  });
});
