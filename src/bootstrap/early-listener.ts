import { readServerSettings, type ServerSettings } from '../adapters/config/environment/server-settings.ts';
import { type CompatibleListener, VARIABLES } from '../adapters/config/environment/variable-names.ts';
import { PortTakenError } from '../adapters/http/server/server-errors.ts';
import type { Server } from '../ports/inbound/server.ts';

/** The settings of one server. */
export interface OpenSettings extends ServerSettings {
  /** How long to wait for a port that is in use, in milliseconds. */
  readonly takenForMs?: number;
}

/** Creates the server for the current runtime. */
export type MakeServer<RuntimeServer extends Server = Server> = (settings: OpenSettings) => RuntimeServer;

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

/** All listeners and the connections to AWS share the descriptors of the process. A client of AWS's extensions opens one. */
const COMPATIBLE_CONNECTIONS = 128;

/** How long to wait for the port of an extension of AWS: if that extension holds it, each cold start waits in vain. */
const COMPATIBLE_TAKEN_FOR_MS = 100;

/** Listens before the rest is loaded, so that the function never meets a refused connection. Returns a failure, never rejects. */
export const openEarlyListener = async <RuntimeServer extends Server>(
  env: NodeJS.ProcessEnv,
  makeServer: MakeServer<RuntimeServer>,
): Promise<EarlyListener<RuntimeServer>> => {
  const settings = readServerSettings(env);
  if (settings === undefined) return { compatible: new Map() };
  const open = async (
    port: number,
    limits: Partial<OpenSettings> = {},
  ): Promise<OpenedPort<RuntimeServer>> => {
    const server = makeServer({ ...settings, port, ...limits });
    try {
      await server.listen();
      return { server };
    } catch (failure) {
      return { failure };
    }
  };
  const maxConnections = Math.min(settings.maxConnections, COMPATIBLE_CONNECTIONS);
  const limits = { maxConnections, takenForMs: COMPATIBLE_TAKEN_FOR_MS };
  const [own, ...others] = await Promise.all([
    open(settings.port),
    ...[...settings.compatible].map(async ([name, port]) => [name, await open(port, limits)] as const),
  ]);
  const compatible = new Map(others);
  const { failure } = own;
  if (!(failure instanceof PortTakenError)) return { ...own, compatible };
  return { failure: new Error(`${VARIABLES.port}: ${failure.message}`, { cause: failure }), compatible };
};
