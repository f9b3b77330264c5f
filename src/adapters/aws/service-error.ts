/**
 * DynamoDB said that it did not do what it was asked for. None of its own words are kept, because errors are logged: they
 * may quote the request, with its session token and the values of keys.
 */
export class ServiceError extends Error {
  /** Of the answer, over HTTP. */
  readonly status: number;
  /** Whether it said that a key has other attributes, or other types, than those of the table. */
  readonly deniesKey: boolean;

  /** @param type its name for it, without a namespace, such as `ValidationException` */
  constructor(type: string, status: number, deniesKey = false) {
    super(`an answer of status ${status} that says ${type}`);
    this.name = type;
    this.status = status;
    this.deniesKey = deniesKey;
  }
}

/** An answer that is none of DynamoDB's, or not whole. It quotes nothing of it. */
export class UnusableAnswerError extends Error {
  override readonly name = 'UnusableAnswerError';
  /** Of the answer, over HTTP. */
  readonly status: number;

  constructor(status: number) {
    super(`an answer of status ${status} with nothing in it that can be read`);
    this.status = status;
  }
}
