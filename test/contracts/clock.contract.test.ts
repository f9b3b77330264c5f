import { SystemClock } from '../../src/adapters/system/system.ts';
import { FakeClock } from '../support/fakes/fake-clock.ts';
import { describeClock } from './clock.contract.ts';

describeClock({
  name: 'SystemClock',
  create: () => ({ clock: new SystemClock(), until: (happened) => happened }),
});

describeClock({
  name: 'FakeClock',
  create: () => {
    const clock = new FakeClock();
    const until = async (happened: Promise<void>): Promise<void> => {
      await clock.advance(60_000);
      await happened;
    };
    return { clock, until };
  },
});
