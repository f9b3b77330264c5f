import { ElapsedTime } from '../../../src/application/elapsed-time.ts';
import { Fence } from '../../../src/application/fence.ts';
import { FakeClock } from '../fakes/fake-clock.ts';

/** A fence over a clock that stands still. */
export const fenceOf = (markLimit?: number): Fence => new Fence(new ElapsedTime(new FakeClock()), markLimit);
