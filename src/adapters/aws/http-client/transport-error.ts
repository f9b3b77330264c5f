/** The request could not be sent, or its answer not be received; the cause says what happened on the wire. */
export class TransportError extends Error {
  /** @param explanation with host, port and error code, for people */
  constructor(cause: unknown, explanation = 'no answer was received') {
    super(explanation, { cause });
    this.name = 'TransportError';
  }
}
