import type { Settings } from '../settings.ts';
import { PLATFORM_VARIABLES, VARIABLES } from './variable-names.ts';
import { type EnvironmentVariables, Variables } from './variables.ts';

/** The part of the settings that the server needs before all else is loaded. */
export type ServerSettings = Pick<Settings, 'port' | 'maxHeaderBytes' | 'maxConnections'>;

const DEFAULT_PORT = 4000;
const DEFAULT_MAX_HEADER_BYTES = 16_384;
const DEFAULT_MAX_CONNECTIONS = 256;

/** What the environment says of the server; undefined if something of it is wrong, which `loadSettings` reports. */
export const readServerSettings = (environment: EnvironmentVariables): ServerSettings | undefined => {
  const variables = new Variables(environment);
  const settings = serverSettings(variables);
  return variables.problems.length === 0 ? settings : undefined;
};

/** The same from `variables`, to which problems are added. */
export const serverSettings = (variables: Variables): ServerSettings => {
  // Any free port will do for a test or a local server, but a function could not know which one it became.
  const minPort = variables.text(PLATFORM_VARIABLES.runtimeApi) === undefined ? 0 : 1;
  return {
    port: variables.wholeNumber(VARIABLES.port, { min: minPort, max: 65_535 }, DEFAULT_PORT),
    maxHeaderBytes: variables.wholeNumber(
      VARIABLES.maxHeaderBytes,
      { min: 1024, max: 1_048_576 },
      DEFAULT_MAX_HEADER_BYTES,
    ),
    // Managed instances have the most descriptors: 4096.
    maxConnections: variables.wholeNumber(
      VARIABLES.maxConnections,
      { min: 1, max: 4000 },
      DEFAULT_MAX_CONNECTIONS,
    ),
  };
};

/** Whether `url` leads to a loopback address with the given port, where the server itself listens. */
export const isOwnAddress = (url: string, port: number): boolean => {
  if (!URL.canParse(url)) return false;
  const { hostname, port: explicitPort, protocol } = new URL(url);
  const givenPort = explicitPort === '' ? DEFAULT_PORTS.get(protocol) : Number(explicitPort);
  return givenPort === port && LOOPBACK.test(hostname);
};

const DEFAULT_PORTS: ReadonlyMap<string, number> = new Map([
  ['http:', 80],
  ['https:', 443],
]);

/** As `URL` writes host names; the unspecified addresses lead to loopback, too. */
const LOOPBACK =
  /^(?:(?:.+\.)?localhost\.?|127\.\d+\.\d+\.\d+|0\.0\.0\.0|\[::1?\]|\[::ffff:7f[0-9a-f]{2}:[0-9a-f]{1,4}\])$/;
