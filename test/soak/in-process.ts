import { FakeClock } from '../support/fakes/fake-clock.ts';
import { InProcessDriver } from './in-process-driver.ts';
import type { SoakReport } from './report.ts';
import { Soak, type SoakOptions } from './soak.ts';
import { World } from './world.ts';

/** Soaks the program in this process, on a clock of its own. The same seed gives the same run. */
export const soakInProcess = (seed: number, options: SoakOptions): Promise<SoakReport> => {
  const clock = new FakeClock();
  const world = new World({ seed, hurry: 1, wallMs: () => clock.now() });
  return new Soak(world, new InProcessDriver(world, clock), options).run();
};
