import { ProcessDriver } from './process-driver.ts';
import type { SoakReport } from './report.ts';
import { Soak, type SoakOptions } from './soak.ts';
import { World } from './world.ts';

/** By how much shorter than usual lifetimes are, so that some of everything happens in a minute. */
const HURRY = 5;

/** Soaks the built program, in real time. The seed decides what is asked, but not when. */
export const soakBuiltProgram = async (seed: number, options: SoakOptions): Promise<SoakReport> => {
  const world = new World({ seed, hurry: HURRY, wallMs: Date.now });
  return new Soak(world, await ProcessDriver.start(world), options).run();
};
