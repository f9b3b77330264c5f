import { describe, expect, it } from '@jest/globals';
import { createApplication } from '../support/application/create-application.ts';
import { keyOf, PLAIN, TYPED } from '../support/application/groups.ts';

const [a, b] = [keyOf('a'), keyOf('b')];
const bodies = [{ contentType: TYPED, bytes: Uint8Array.of(1) }];

describe('TakeAnswers', () => {
  it('stores an answer as of the time at which it was asked for', async () => {
    const { answers, store, clock } = createApplication();
    const askedAt = clock.now();
    const read = answers.begin('Products', [a], TYPED);
    await clock.advance(500);
    read.take({ key: a, bodies });

    expect(read.askedAt).toBe(askedAt);
    expect(store.get(a)).toMatchObject({ key: a, storedAt: askedAt, bodies });
  });

  it('has its group keep the content type from then on, beside those that it keeps', () => {
    const { answers } = createApplication();

    expect(answers.begin('Products', [a], TYPED).contentTypes).toEqual([PLAIN, TYPED]);
    expect(answers.begin('Products', [a], PLAIN).contentTypes).toEqual([PLAIN, TYPED]);
  });

  it('must be asked consistently if any of the keys was written of late', () => {
    const { answers, marks } = createApplication();
    marks.begin({ group: 'Products', key: b })('known');

    expect(answers.begin('Products', [a], TYPED).isConsistent).toBe(false);
    expect(answers.begin('Products', [a, b], TYPED).isConsistent).toBe(true);
  });

  it('does not store what was forgotten since it was asked for', () => {
    const { answers, invalidator, store } = createApplication();
    const read = answers.begin('Products', [a, b], TYPED);
    invalidator.invalidate(a);
    for (const key of [a, b]) read.take({ key, bodies });

    expect([a, b].map((key) => store.get(key) !== undefined)).toEqual([false, true]);
  });

  it('counts a miss for each key, and one read of the source', () => {
    const { answers, status } = createApplication();
    answers.begin('Products', [a, b], TYPED);

    expect(status.status().counts).toMatchObject({ misses: 2, sourceReads: 1 });
  });
});
