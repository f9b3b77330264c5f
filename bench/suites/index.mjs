import { hit } from './hit.mjs';
import { memory } from './memory.mjs';

/** All suites, in the order in which they are run. */
export const suites = [hit, memory];
