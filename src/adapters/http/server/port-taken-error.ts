/** Another program listens on the port, and went on doing so. */
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

/** Whether the error says that somebody else holds the port. */
export const isTaken = (error: unknown): boolean =>
  typeof error === 'object' && error !== null && 'code' in error && error.code === 'EADDRINUSE';

/**
 * What `listen` gives; it is called again while somebody else holds the port, for `takenForMs`. Nothing if `isOver` before.
 *
 * @throws {PortTakenError} if the port did not become free; beside that, what `listen` throws
 */
export const listenOnceFree = async <Listening>(
  port: number,
  takenForMs: number,
  isOver: () => boolean,
  listen: () => Listening | Promise<Listening>,
): Promise<Listening | undefined> => {
  // Counted, not read off a clock, which jumps when a frozen process goes on.
  for (let waitedMs = 0; !isOver(); waitedMs += RETRY_MS) {
    try {
      return await listen();
    } catch (error) {
      if (isOver()) return undefined;
      if (!isTaken(error)) throw error;
      if (waitedMs >= takenForMs) throw new PortTakenError(port, { cause: error });
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }
  return undefined;
};
