import { describe, expect, it } from '@jest/globals';
import { CircuitBreaker, CircuitOpenError } from '../../../src/application/source-access/circuit-breaker.ts';
import { SourceTimeoutError } from '../../../src/domain/cache/errors.ts';
import {
  refused,
  throttled,
  unavailable,
  unreachable,
} from '../../support/application/create-application.ts';

const brokenAt = (now: number): CircuitBreaker => {
  const breaker = new CircuitBreaker();
  breaker.record('Products', now, unreachable());
  breaker.record('Products', now, new SourceTimeoutError('too late'));
  breaker.record('Products', now, unreachable());
  return breaker;
};

describe('CircuitBreaker', () => {
  it('opens after three lost contacts in a row, and not after two', () => {
    const breaker = new CircuitBreaker();
    breaker.record('Products', 0, unreachable());
    breaker.record('Products', 0, unreachable());
    expect(breaker.isOpen('Products')).toBe(false);
    expect(breaker.admit('Products', 0)).toBe(true);

    breaker.record('Products', 0, unreachable());
    expect(breaker.isOpen('Products')).toBe(true);
    expect(breaker.admit('Products', 0)).toBe(false);
  });

  it('tracks each group separately', () => {
    expect(brokenAt(0).isOpen('Orders')).toBe(false);
  });

  it.each([
    ['a success', undefined],
    ['a refusal', refused()],
    ['throttling', throttled()],
    ['a failure that was answered', unavailable()],
  ])('treats %s as contact, which resets the count', (_, outcome) => {
    const breaker = new CircuitBreaker();
    breaker.record('Products', 0, unreachable());
    breaker.record('Products', 0, unreachable());
    breaker.record('Products', 0, outcome);
    breaker.record('Products', 0, unreachable());
    breaker.record('Products', 0, unreachable());

    expect(breaker.isOpen('Products')).toBe(false);
  });

  it('admits one probe a second while open', () => {
    const breaker = brokenAt(10_000);
    const admitted = [10_000, 10_999, 11_000, 11_000, 11_999, 12_000, 12_001].map((now) =>
      breaker.admit('Products', now),
    );

    expect(admitted).toEqual([false, false, true, false, false, true, false]);
  });

  it('reports a due probe without admitting it', () => {
    const breaker = brokenAt(10_000);
    expect(breaker.isProbeDue('Products', 10_999)).toBe(false);
    expect(breaker.isProbeDue('Products', 11_000)).toBe(true);
    expect(breaker.isProbeDue('Products', 11_000)).toBe(true);
    expect(breaker.isProbeDue('Orders', 11_000)).toBe(false);
  });

  it('reports no due probe while the circuit is closed', () => {
    const breaker = new CircuitBreaker();
    breaker.record('Products', 10_000, unreachable());
    breaker.record('Products', 10_000, unreachable());

    expect(breaker.isProbeDue('Products', 20_000)).toBe(false);
  });

  it('counts the first second from the failure that opened the circuit', () => {
    const breaker = new CircuitBreaker();
    for (const now of [10_000, 10_400, 10_900]) breaker.record('Products', now, unreachable());

    expect(breaker.isProbeDue('Products', 11_899)).toBe(false);
    expect(breaker.isProbeDue('Products', 11_900)).toBe(true);
  });

  it('is quiet five seconds after the last probe, or when the clock is set back', () => {
    const breaker = brokenAt(10_000);
    const quiet = [9_999, 10_000, 14_999, 15_000].map((now) => breaker.hasGoneQuiet('Products', now));
    expect(quiet).toEqual([true, false, false, true]);

    breaker.admit('Products', 15_000);
    expect(breaker.hasGoneQuiet('Products', 19_999)).toBe(false);
    expect(breaker.hasGoneQuiet('Orders', 20_000)).toBe(false);
  });

  it('reports once when the circuit opens and once when it closes', () => {
    const told: unknown[] = [];
    const breaker = new CircuitBreaker((group, isOpen) => told.push([group, isOpen]));
    breaker.record('Products', 0);
    breaker.record('Products', 0, unreachable());
    breaker.record('Products', 0);
    for (let count = 0; count < 2; count += 1) breaker.record('Products', 0, unreachable());
    expect(told).toEqual([]);

    breaker.record('Products', 0, unreachable());
    expect(told).toEqual([['Products', true]]);
    for (let count = 0; count < 3; count += 1) breaker.record('Products', 0, unreachable());
    expect(told).toHaveLength(1);

    for (let count = 0; count < 2; count += 1) breaker.record('Products', 0);
    expect(told).toEqual([
      ['Products', true],
      ['Products', false],
    ]);
  });

  it('stays open after a failed probe, and closes after an answered one', () => {
    const breaker = brokenAt(10_000);
    breaker.admit('Products', 11_000);
    breaker.record('Products', 11_500, unreachable());
    expect(breaker.admit('Products', 11_999)).toBe(false);
    expect(breaker.admit('Products', 12_000)).toBe(true);

    breaker.record('Products', 12_100);
    expect(breaker.isOpen('Products')).toBe(false);
  });

  it('probes at once when the clock is set back', () => {
    expect(brokenAt(10_000).admit('Products', 5_000)).toBe(true);
  });

  it('gives readers a retry delay of one second while open', () => {
    expect(new CircuitOpenError()).toMatchObject({
      code: 'upstream_unavailable',
      retryAfterMs: 1_000,
      message: 'the source did not answer several times in a row; it is probed once a second',
    });
  });
});
