import { readServerSettings, type ServerSettings } from '../adapters/config/environment/server-settings.ts';
import { type CompatibleListener, VARIABLES } from '../adapters/config/environment/variable-names.ts';
import { PortTakenError } from '../adapters/http/server/port-taken-error.ts';
import type { Server } from '../ports/inbound/server.ts';

/** Creates the server for the current runtime. */
export type MakeServer<RuntimeServer extends Server = Server> = (settings: ServerSettings) => RuntimeServer;

/** The listening server, or the failure to listen. Without both, the server settings are invalid: `start` reports them. */
export interface EarlyListener<RuntimeServer extends Server = Server> extends OpenedPort<RuntimeServer> {
  /** The ports of AWS's extensions. Without one of them, the rest works. */
  readonly compatible: ReadonlyMap<CompatibleListener, OpenedPort<RuntimeServer>>;
}

/** A listening server, or the failure to listen. */
export interface OpenedPort<RuntimeServer extends Server = Server> {
  readonly server?: RuntimeServer;
  readonly failure?: unknown;
}

/** Listens before the rest is loaded, so that the function never meets a refused connection. Returns a failure, never rejects. */
export const openEarlyListener = async <RuntimeServer extends Server>(
  env: NodeJS.ProcessEnv,
  makeServer: MakeServer<RuntimeServer>,
): Promise<EarlyListener<RuntimeServer>> => {
  const settings = readServerSettings(env);
  if (settings === undefined) return { compatible: new Map() };
  const open = async (port: number): Promise<OpenedPort<RuntimeServer>> => {
    const server = makeServer({ ...settings, port });
    try {
      await server.listen();
      return { server };
    } catch (failure) {
      return { failure };
    }
  };
  // All at once: each waits up to a second for its port.
  const [own, ...others] = await Promise.all([
    open(settings.port),
    ...[...settings.compatible].map(async ([name, port]) => [name, await open(port)] as const),
  ]);
  const compatible = new Map(others);
  const { failure } = own;
  if (!(failure instanceof PortTakenError)) return { ...own, compatible };
  return { failure: new Error(`${VARIABLES.port}: ${failure.message}`, { cause: failure }), compatible };
};
