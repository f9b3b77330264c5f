import { Fence } from '../../../src/application/storing/fence.ts';
import { ElapsedTime } from '../../../src/application/time/elapsed-time.ts';
import { FakeClock } from '../fakes/fake-clock.ts';

/** A fence over a clock that stands still. */
export const fenceOf = (markLimit?: number): Fence => new Fence(new ElapsedTime(new FakeClock()), markLimit);
