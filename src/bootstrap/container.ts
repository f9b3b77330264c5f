import type { Settings } from '../adapters/config/settings.ts';
import type { Overrides, Program } from './components.ts';
import { PORTABLE } from './modules/portable.ts';
import { serverModule } from './modules/server.module.ts';
import type { SourceModule } from './modules/source-module.ts';
import { wire } from './wiring.ts';

/**
 * Wires the program for Node.js. Makes, opens and starts nothing.
 *
 * @param sources default: the sources of this program
 */
export const createContainer = (
  settings: Settings,
  overrides: Overrides = {},
  sources?: readonly SourceModule[],
): Program => wire(settings, [...PORTABLE, serverModule], overrides, sources);
