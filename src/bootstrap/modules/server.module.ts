import { ContainerModule } from 'inversify';
import { NodeHttpServer } from '../../adapters/http/server/node-server.ts';
import { TOKENS } from '../tokens.ts';

/** The default server: that of Node.js. */
export const serverModule = new ContainerModule(({ bind }) => {
  bind(TOKENS.server).toResolvedValue((settings) => new NodeHttpServer(settings), [TOKENS.settings]);
});
