import type { Settings } from '../adapters/config/settings.ts';
import { PORTABLE } from './modules/portable.ts';
import { serverModule } from './modules/server.module.ts';
import { type Overrides, type Program, wire } from './wiring.ts';

/**
 * Wires the program for Node.js. Creates, opens and starts nothing.
 *
 * @param overrides components that replace those of the container
 */
export const createContainer = (settings: Settings, overrides: Overrides = {}): Program =>
  wire(settings, [...PORTABLE, serverModule], overrides);
