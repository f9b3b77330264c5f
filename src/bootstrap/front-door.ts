import { readServerSettings } from '../adapters/config/server-settings.ts';
import { VARIABLES } from '../adapters/config/variable-names.ts';
import { NodeHttpServer } from '../adapters/http/node-server.ts';
import { PortTakenError } from '../adapters/http/port-taken-error.ts';

/** The server that listens before anything else is loaded; without it, why there is none, unless its settings are wrong. */
export interface FrontDoor {
  readonly server?: NodeHttpServer;
  readonly failure?: unknown;
}

/** Listens, so that the function never sees a refused connection. Where it fails, the settings are to blame, and are reported later. */
export const openFrontDoor = async (env: NodeJS.ProcessEnv): Promise<FrontDoor> => {
  const settings = readServerSettings(env);
  if (settings === undefined) return {};
  const server = new NodeHttpServer(settings);
  try {
    await server.listen();
    return { server };
  } catch (error) {
    if (!(error instanceof PortTakenError)) return { failure: error };
    return { failure: new Error(`${VARIABLES.port}: ${error.message}`, { cause: error }) };
  }
};
