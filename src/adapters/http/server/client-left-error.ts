/** The client closed its connection before it had sent the whole request. No answer can reach it. */
export class ClientLeftError extends Error {
  constructor(options?: ErrorOptions) {
    super('the client closed the connection before it had sent the whole request', options);
    this.name = 'ClientLeftError';
  }
}
