/**
 * The whole program as a container whose parts can be swapped. Importing it starts nothing.
 *
 * @module
 */
export type { Components } from '../bootstrap/components.ts';
export { createContainer, type Overrides, type Program } from '../bootstrap/container.ts';
