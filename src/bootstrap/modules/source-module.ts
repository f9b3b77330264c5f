import type { ContainerModule } from 'inversify';
import type { WireRouteOptions } from '../../adapters/http/sdk-endpoint/wire-route.ts';
import type { GroupParts } from '../../application/create-cache.ts';
import type { CompatibleRoutes, Program, SourceRoute } from '../components.ts';

/** One source of entries: everything that the program needs to know of it. */
export interface SourceModule {
  /** Bindings of the parts of the source. */
  readonly modules: readonly ContainerModule[];
  /** The groups of the source, each with its source and, if it has them, limits. */
  readonly groups: (program: Program) => readonly GroupParts[];
  /** Whether it heeds `prefetchesOnly`; others then preload nothing. */
  readonly prefetches?: boolean;
  readonly routes: (program: Program) => readonly SourceRoute[];
  /** The endpoint for SDKs of the source; absent or undefined if it has none. */
  readonly wire?: (program: Program) => WireRouteOptions | undefined;
  /** Serves the protocol of one of AWS's extensions on its own port; absent if the source replaces none. */
  readonly listener?: CompatibleRoutes;
}

/** Makes one part of each program, when it is first asked for. */
export const oncePerProgram = <Part>(make: (program: Program) => Part): ((program: Program) => Part) => {
  const made = new WeakMap<Program, { readonly part: Part }>();
  return (program) => {
    const known = made.get(program);
    if (known !== undefined) return known.part;
    const part = make(program);
    made.set(program, { part });
    return part;
  };
};
