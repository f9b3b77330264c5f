import { Admission, type AdmissionLimits } from '../../../src/application/source-access/admission.ts';
import { CircuitBreaker } from '../../../src/application/source-access/circuit-breaker.ts';
import { SourceCaller } from '../../../src/application/source-access/source-caller.ts';
import { SourceGate } from '../../../src/application/source-access/source-gate.ts';
import { Statistics } from '../../../src/application/statistics.ts';
import { Fence } from '../../../src/application/storing/fence.ts';
import { ElapsedTime, Invocation } from '../../../src/application/time/elapsed-time.ts';
import { FakeClock } from '../fakes/fake-clock.ts';
import { TIMEOUT_MS } from './create-application.ts';

/** A fence with a clock that does not advance. */
export const fenceOf = (markLimit?: number): Fence => new Fence(new ElapsedTime(new FakeClock()), markLimit);

/** A caller of the source, with its gate, admission control and circuit breaker. */
export const createSourceCalls = (limits: Partial<AdmissionLimits> = {}) => {
  const clock = new FakeClock();
  const breaker = new CircuitBreaker();
  const fence = new Fence(new ElapsedTime(clock));
  const invocation = new Invocation();
  const statistics = new Statistics();
  const admission = new Admission({ slots: 2, waiting: 10, maxWaitMs: TIMEOUT_MS, ...limits }, clock);
  const gate = new SourceGate(true, [], clock);
  const calls = new SourceCaller({
    gate,
    admission,
    breaker,
    fence,
    invocation,
    statistics,
    clock,
    timeoutMs: TIMEOUT_MS,
  });
  return { clock, gate, breaker, fence, invocation, statistics, calls };
};
