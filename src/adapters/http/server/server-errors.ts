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

/** The request is not valid HTTP/1.x. The connection must be closed. */
export class MalformedRequestError extends Error {
  /** Status code and reason, such as `400 Bad Request`. */
  readonly status: string;

  constructor(status = '400 Bad Request') {
    super(status);
    this.status = status;
  }
}

/** The client closed its connection before it sent the whole request. No response can reach it. */
export class ClientDisconnectedError extends Error {
  constructor(options?: ErrorOptions) {
    super('the client closed the connection before it sent the whole request', options);
    this.name = 'ClientDisconnectedError';
  }
}
