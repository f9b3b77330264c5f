import type { Check } from './check.ts';
import { coldStart } from './cold-start.ts';
import { deniedRole } from './denied-role.ts';
import { fleet } from './fleet.ts';
import { freeze } from './freeze.ts';
import { hits } from './hits.ts';
import { sdkEndpoint, wrapper } from './sdk-endpoint.ts';
import { snapStart } from './snap-start.ts';
import { unreachable } from './unreachable.ts';
import { ports, values } from './values.ts';

/** All checks, in the order in which they run. */
export const CHECKS: readonly Check[] = [
  coldStart('Node', 'Node.js'),
  coldStart('Standalone', 'standalone'),
  hits('Node', 'Node.js'),
  hits('Standalone', 'standalone'),
  freeze,
  snapStart,
  deniedRole,
  unreachable,
  sdkEndpoint,
  wrapper,
  values,
  ports,
  fleet,
];
