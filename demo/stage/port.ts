import { once } from 'node:events';
import { createServer } from 'node:net';

const DEFAULT_PORT = 4000;
/** Where functions look for AWS's Parameters and Secrets extension by default. */
const AWS_EXTENSION_PORT = 2773;

/** The ports of the extension. */
export interface Ports {
  readonly own: number;
  /** In place of AWS's Parameters and Secrets extension. */
  readonly secrets: number;
}

/** The port is not available; the message says what to do. */
export class PortError extends Error {}

/**
 * The port that the environment asks for, free at this moment.
 *
 * @param command what was called, for the advice to call it otherwise
 * @throws {PortError}
 */
export const choosePort = async (
  { CACHE_EXTENSION_PORT: asked }: NodeJS.ProcessEnv,
  command = 'npm start',
): Promise<number> => {
  const port = asked ? Number(asked) : DEFAULT_PORT;
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new PortError(`CACHE_EXTENSION_PORT is ${JSON.stringify(asked)}; allowed: a port from 0 to 65535.`);
  }
  return listenOnBoth(port, command);
};

/**
 * Both ports of the extension. That of AWS's extension is another one than usual if the usual one is taken, or if the
 * environment asks for any free port.
 *
 * @throws {PortError} as `choosePort`
 */
export const choosePorts = async (env: NodeJS.ProcessEnv): Promise<Ports> => {
  const own = await choosePort(env);
  if (env.CACHE_EXTENSION_PORT === '0') return { own, secrets: await listenOnBoth(0) };
  const secrets = await listenOnBoth(AWS_EXTENSION_PORT).catch((error: unknown) => {
    if (error instanceof PortError) return listenOnBoth(0);
    throw error;
  });
  return { own, secrets };
};

/** Resolves with the port, after listening on both loopback addresses for a moment. */
const listenOnBoth = async (port: number, command = 'npm start'): Promise<number> => {
  const free = await listenOnce(port, '127.0.0.1', command);
  // Where there is no IPv6, nobody can have taken its half of the port.
  await listenOnce(free, '::1', command).catch((error: unknown) => {
    if (error instanceof PortError) throw error;
  });
  return free;
};

const listenOnce = async (port: number, host: string, command: string): Promise<number> => {
  const server = createServer();
  try {
    server.listen({ port, host });
    await once(server, 'listening');
    const address = server.address();
    return typeof address === 'object' && address !== null ? address.port : port;
  } catch (error) {
    if (!isTaken(error)) throw error;
    throw new PortError(
      `Another program uses port ${port}. Stop that program, or choose another port, for example:\n` +
        `  CACHE_EXTENSION_PORT=${port === 65_535 ? DEFAULT_PORT : port + 1} ${command}`,
      { cause: error },
    );
  } finally {
    await new Promise((resolve) => server.close(resolve));
  }
};

const isTaken = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
