/**
 * The whole program as a container whose parts can be swapped. Importing it starts nothing.
 *
 * @module
 */
export type { Components } from '../bootstrap/components.ts';
export { createContainer } from '../bootstrap/container.ts';
export type { Overrides, Program } from '../bootstrap/wiring.ts';
