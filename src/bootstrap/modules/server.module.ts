import { ContainerModule } from 'inversify';
import { NodeHttpServer } from '../../adapters/http/server/node-server.ts';
import { TOKENS } from '../tokens.ts';

/** The server where nobody brings one: that of Node.js. */
export const serverModule = new ContainerModule(({ bind }) => {
  bind(TOKENS.server).toResolvedValue((settings) => new NodeHttpServer(settings), [TOKENS.settings]);
});
