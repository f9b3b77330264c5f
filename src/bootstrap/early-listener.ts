import { readServerSettings, type ServerSettings } from '../adapters/config/environment/server-settings.ts';
import { VARIABLES } from '../adapters/config/environment/variable-names.ts';
import { PortTakenError } from '../adapters/http/server/port-taken-error.ts';
import type { Server } from '../ports/inbound/server.ts';

/** Makes the server of the runtime that the program runs on. */
export type MakeServer<OneServer extends Server = Server> = (settings: ServerSettings) => OneServer;

/** The server that listens before anything else is loaded; without it, why there is none, unless its settings are wrong. */
export interface EarlyListener<OneServer extends Server = Server> {
  readonly server?: OneServer;
  readonly failure?: unknown;
}

/** Listens, so that the function never sees a refused connection. Where it fails, the settings are to blame, and are reported later. */
export const openEarlyListener = async <OneServer extends Server>(
  env: NodeJS.ProcessEnv,
  makeServer: MakeServer<OneServer>,
): Promise<EarlyListener<OneServer>> => {
  const settings = readServerSettings(env);
  if (settings === undefined) return {};
  const server = makeServer(settings);
  try {
    await server.listen();
    return { server };
  } catch (error) {
    if (!(error instanceof PortTakenError)) return { failure: error };
    return { failure: new Error(`${VARIABLES.port}: ${error.message}`, { cause: error }) };
  }
};
