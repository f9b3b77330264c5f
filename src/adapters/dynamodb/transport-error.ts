/** The request could not be sent, or its answer not be received; the cause says what happened on the wire. */
export class TransportError extends Error {
  constructor(cause: unknown) {
    super('no answer was received', { cause });
    this.name = 'TransportError';
  }
}
