/** Another process still listens on the port after all retries. */
export class PortTakenError extends Error {
  readonly code = 'port_taken';
  readonly port: number;

  constructor(port: number, options?: ErrorOptions) {
    super(`port ${port} is taken by another program: stop that program, or choose another port`, options);
    this.name = 'PortTakenError';
    this.port = port;
  }
}

const RETRY_MS = 50;

/** Whether `listen` failed because the port is in use. */
export const isPortTaken = (error: unknown): boolean =>
  typeof error === 'object' && error !== null && 'code' in error && error.code === 'EADDRINUSE';

/**
 * Calls `listen` until it succeeds, and retries for `takenForMs` while the port is in use.
 *
 * @returns the result of `listen`; undefined if `isOver` becomes true first
 * @throws {PortTakenError} if the port is still in use after `takenForMs`; any other error of `listen` unchanged
 */
export const listenOnceFree = async <Listening>(
  port: number,
  takenForMs: number,
  isOver: () => boolean,
  listen: () => Listening | Promise<Listening>,
): Promise<Listening | undefined> => {
  // Counts retries instead of reading a clock: a clock jumps when a frozen process is thawed.
  for (let waitedMs = 0; !isOver(); waitedMs += RETRY_MS) {
    try {
      return await listen();
    } catch (error) {
      if (isOver()) return undefined;
      if (!isPortTaken(error)) throw error;
      if (waitedMs >= takenForMs) throw new PortTakenError(port, { cause: error });
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }
  return undefined;
};
