import type { ContainerModule } from 'inversify';
import type { WireRouteOptions } from '../../adapters/http/dynamodb-endpoint/wire-route.ts';
import type { GroupParts } from '../../application/create-cache.ts';
import type { Program, SourceRoute } from '../components.ts';

/** One source of entries: everything that the program needs to know of it. */
export interface SourceModule {
  /** Bindings of the parts of the source. */
  readonly modules: readonly ContainerModule[];
  /** The groups of the source, each with its source and, if it has them, limits. */
  readonly groups: (program: Program) => readonly GroupParts[];
  readonly routes: (program: Program) => readonly SourceRoute[];
  /** The endpoint for SDKs of the source; absent if it has none. At most one source has one. */
  readonly wire?: (program: Program) => WireRouteOptions;
}
