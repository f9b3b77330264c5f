/** What DynamoDB said instead of doing what it was asked for, in its own words. */
export class ServiceError extends Error {
  /** Of the answer, over HTTP. */
  readonly status: number;

  /** @param type its name for it, without a namespace, such as `ValidationException` */
  constructor(type: string, status: number, message: string) {
    super(message);
    this.name = type;
    this.status = status;
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
