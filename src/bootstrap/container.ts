import type { Settings } from '../adapters/config/settings.ts';
import type { Overrides, Program } from './components.ts';
import { PORTABLE } from './modules/portable.ts';
import { serverModule } from './modules/server.module.ts';
import type { SourceModule } from './modules/source-module.ts';
import { wire } from './wiring.ts';

/**
 * Wires the program for Node.js. Creates, opens and starts nothing.
 *
 * @param overrides components that replace those of the container
 * @param sources default: the sources of this program
 */
export const createContainer = (
  settings: Settings,
  overrides: Overrides = {},
  sources?: readonly SourceModule[],
): Program => wire(settings, [...PORTABLE, serverModule], overrides, sources);
