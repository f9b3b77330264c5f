import { readServerSettings, type ServerSettings } from '../adapters/config/environment/server-settings.ts';
import { VARIABLES } from '../adapters/config/environment/variable-names.ts';
import { PortTakenError } from '../adapters/http/server/port-taken-error.ts';
import type { Server } from '../ports/inbound/server.ts';

/** Creates the server for the current runtime. */
export type MakeServer<RuntimeServer extends Server = Server> = (settings: ServerSettings) => RuntimeServer;

/** The listening server, or the failure to listen. Without both, the server settings are invalid: `start` reports them. */
export interface EarlyListener<RuntimeServer extends Server = Server> {
  readonly server?: RuntimeServer;
  readonly failure?: unknown;
}

/** Listens before the rest is loaded, so that the function never meets a refused connection. Returns a failure, never rejects. */
export const openEarlyListener = async <RuntimeServer extends Server>(
  env: NodeJS.ProcessEnv,
  makeServer: MakeServer<RuntimeServer>,
): Promise<EarlyListener<RuntimeServer>> => {
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
