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
