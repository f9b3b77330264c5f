/**
 * The whole program as a container with replaceable components. Importing it starts nothing.
 *
 * @module
 */
export type { Components } from '../bootstrap/components.ts';
export { createContainer } from '../bootstrap/container.ts';
export type { Overrides, Program } from '../bootstrap/wiring.ts';
