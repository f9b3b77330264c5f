import type { ContainerModule } from 'inversify';
import type { GroupParts } from '../../application/create-cache.ts';
import type { Program, SourceRoute } from '../components.ts';

/** One source of entries: everything that the program needs to know of it. */
export interface SourceModule {
  /** Binds the parts of the source. */
  readonly module: ContainerModule;
  /** The groups of the source, each with its source and, if it has them, limits. */
  readonly groups: (program: Program) => readonly GroupParts[];
  readonly routes: (program: Program) => readonly SourceRoute[];
}
