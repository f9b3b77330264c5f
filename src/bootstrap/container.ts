import { ContainerModule } from 'inversify';
import type { Settings } from '../adapters/config/settings.ts';
import { NodeHttpServer } from '../adapters/http/server/node-server.ts';
import { type Overrides, type Program, TOKENS } from './components.ts';
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
): Program => wire(settings, overrides, sources, [serverModule]);

/** The default server: that of Node.js. */
const serverModule = new ContainerModule(({ bind }) => {
  bind(TOKENS.server).toResolvedValue((settings) => new NodeHttpServer(settings), [TOKENS.settings]);
});
