/** A call that the APIs of Lambda answer with an error. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly errorType: string;
  readonly status: number;

  constructor(errorType: string, message: string, status = 403) {
    super(message);
    this.errorType = errorType;
    this.status = status;
  }
}
