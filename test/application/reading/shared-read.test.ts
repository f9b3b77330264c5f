import { describe, expect, it } from '@jest/globals';
import { type ReadDemand, SharedRead } from '../../../src/application/reading/single-flight.ts';
import { CallAbandonedError } from '../../../src/application/source-access/source-caller.ts';
import { keyOf, PLAIN, TYPED, unavailable } from '../../support/application/create-application.ts';

const easy: ReadDemand = { contentType: PLAIN, exact: false };
const exact: ReadDemand = { contentType: PLAIN, exact: true };
const other: ReadDemand = { contentType: TYPED, exact: false };

const asked = (): SharedRead => {
  const flight = new SharedRead(keyOf('k'));
  flight.markAsked(1_000, [PLAIN]);
  return flight;
};

const taken = (flight: SharedRead): readonly boolean[] =>
  [easy, exact, other].map((passenger) => flight.canServe(passenger));

describe('Flight', () => {
  it('takes everybody before the source was asked', () => {
    expect(taken(new SharedRead(keyOf('k')))).toEqual([true, true, true]);
  });

  it('takes for what it brings, but nobody who wants an answer asked for later', () => {
    expect(taken(asked())).toEqual([true, false, false]);
  });

  it('takes nobody once it is spoiled, until the source is asked again', () => {
    const flight = asked();
    flight.markSuperseded();
    expect(taken(flight)).toEqual([false, false, false]);

    flight.markAsked(2_000, [PLAIN, TYPED]);
    expect(taken(flight)).toEqual([true, false, true]);
  });

  it('is not spoiled by what happens before the source was asked', () => {
    const flight = new SharedRead(keyOf('k'));
    flight.markSuperseded();
    flight.markAsked(1_000, [PLAIN]);

    expect(taken(flight)).toEqual([true, false, false]);
  });

  it('takes everybody again when its call is abandoned, and gives the next call a signal of its own', () => {
    const flight = asked();
    const { signal } = flight;
    flight.abandon();

    expect(taken(flight)).toEqual([true, true, true]);
    expect(flight.askedAt).toBeUndefined();
    expect(signal.reason).toBeInstanceOf(CallAbandonedError);
    expect(flight.signal.aborted).toBe(false);
  });

  it('is given up while its call is abandoned and nobody waits', () => {
    const flight = asked();
    expect(flight.isAbandoned).toBe(false);
    flight.abandon();
    expect(flight.isAbandoned).toBe(true);

    flight.readers = 1;
    expect(flight.isAbandoned).toBe(false);
    flight.readers = 0;
    flight.markAsked(2_000, [PLAIN]);
    expect(flight.isAbandoned).toBe(false);
  });

  it('fails for those who wait, and for nobody else', async () => {
    const flight = asked();
    const error = unavailable();
    flight.reject(error);

    await expect(flight.outcome).rejects.toBe(error);
  });
});
