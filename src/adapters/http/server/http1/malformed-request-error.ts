/** A request that is no HTTP/1.1. Its connection is of no further use. */
export class MalformedRequestError extends Error {
  /** The status and its reason, such as `400 Bad Request`. */
  readonly status: string;

  constructor(status = '400 Bad Request') {
    super(status);
    this.status = status;
  }
}
