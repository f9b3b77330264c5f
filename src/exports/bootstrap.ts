/**
 * The whole program as a container with replaceable components. Importing it starts nothing.
 *
 * @module
 */
export type { Components, Overrides, Program, SourceRoute } from '../bootstrap/components.ts';
export { createContainer } from '../bootstrap/container.ts';
export { loadProgramSettings } from '../bootstrap/load-program-settings.ts';
export { SECTIONS } from '../bootstrap/modules/sections.ts';
export type { SourceModule } from '../bootstrap/modules/source-module.ts';
export { SOURCES } from '../bootstrap/modules/sources.ts';
