import { LOOPBACK_HOST } from '../../aws/loopback-host.ts';
import type { Settings } from '../settings.ts';
import {
  COMPATIBLE_LISTENERS,
  type CompatibleListener,
  PLATFORM_VARIABLES,
  VARIABLES,
} from './variable-names.ts';
import { type EnvironmentVariables, Variables } from './variables.ts';

/** The settings that the server needs before other modules are loaded. */
export type ServerSettings = Pick<
  Settings,
  'port' | 'maxHeaderBytes' | 'maxConnections' | 'rawListener' | 'compatible'
>;

const DEFAULT_PORT = 4000;
const DEFAULT_MAX_HEADER_BYTES = 16_384;
const DEFAULT_MAX_CONNECTIONS = 256;

/** Reads the server settings from the environment; returns undefined if one is invalid. `loadSettings` reports the problem. */
export const readServerSettings = (environment: EnvironmentVariables): ServerSettings | undefined => {
  const variables = new Variables(environment);
  const settings = serverSettings(variables);
  return variables.problems.length === 0 ? settings : undefined;
};

/** Reads the server settings and adds problems to `variables`. */
export const serverSettings = (variables: Variables): ServerSettings => {
  // Port 0 (any free port) is for tests and local servers only: a function could not find out the chosen port.
  const minPort = variables.text(PLATFORM_VARIABLES.runtimeApi) === undefined ? 0 : 1;
  const port = variables.wholeNumber(VARIABLES.port, { min: minPort, max: 65_535 }, DEFAULT_PORT);
  return {
    port,
    maxHeaderBytes: variables.wholeNumber(
      VARIABLES.maxHeaderBytes,
      { min: 1024, max: 1_048_576 },
      DEFAULT_MAX_HEADER_BYTES,
    ),
    // Managed Instances have the highest limit of file descriptors: 4096.
    maxConnections: variables.wholeNumber(
      VARIABLES.maxConnections,
      { min: 1, max: 4000 },
      DEFAULT_MAX_CONNECTIONS,
    ),
    rawListener: variables.boolean(VARIABLES.rawListener, true),
    compatible: compatibleListeners(variables, port),
  };
};

/** @param ownPort the port that none of them may have */
const compatibleListeners = (variables: Variables, ownPort: number): ServerSettings['compatible'] => {
  const portsInUse = new Map<number, string>([[ownPort, VARIABLES.port]]);
  const listeners = new Map<CompatibleListener, number>();
  for (const word of variables.text(VARIABLES.compatibility)?.split(',') ?? []) {
    const name = COMPATIBLE_LISTENERS.find((each) => each === word.trim());
    if (name === undefined) {
      variables.reject(
        VARIABLES.compatibility,
        `${COMPATIBLE_LISTENERS.join(', ')}, or both with a comma between`,
      );
      return new Map();
    }
    const [variable, defaultPort] = PORTS[name];
    const port = variables.wholeNumber(variable, { min: 1, max: 65_535 }, defaultPort);
    const other = portsInUse.get(port);
    if (other !== undefined && !listeners.has(name))
      variables.report(`${variable} and ${other} both are ${port}; allowed: different ports`);
    portsInUse.set(port, variable);
    listeners.set(name, port);
  }
  return listeners;
};

/** The port of each extension of AWS: the variable, and the default. */
const PORTS: Readonly<Record<CompatibleListener, readonly [variable: string, port: number]>> = {
  'parameters-and-secrets': [PLATFORM_VARIABLES.parametersAndSecretsPort, 2773],
  appconfig: [PLATFORM_VARIABLES.appConfigPort, 2772],
};

/** Whether `url` has a loopback address and the given port, so that it leads to this server. */
export const isOwnAddress = (url: string, port: number): boolean => {
  if (!URL.canParse(url)) return false;
  const { hostname, port: explicitPort, protocol } = new URL(url);
  const givenPort = explicitPort === '' ? DEFAULT_PORTS.get(protocol) : Number(explicitPort);
  return givenPort === port && LOOPBACK_HOST.test(hostname);
};

const DEFAULT_PORTS: ReadonlyMap<string, number> = new Map([
  ['http:', 80],
  ['https:', 443],
]);
