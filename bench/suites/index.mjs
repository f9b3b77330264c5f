import { endpoint } from './endpoint.mjs';
import { firstHit } from './first-hit.mjs';
import { fleet } from './fleet.mjs';
import { growth } from './growth.mjs';
import { hit } from './hit.mjs';
import { instead } from './instead.mjs';
import { memory } from './memory.mjs';
import { miss } from './miss.mjs';
import { preload } from './preload.mjs';
import { start } from './start.mjs';
import { values } from './values.mjs';

/** All suites in execution order. */
export const suites = [hit, values, instead, miss, endpoint, fleet, preload, memory, growth, start, firstHit];
