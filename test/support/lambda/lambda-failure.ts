/** Why an init or an invocation failed, in Lambda's words, such as `Extension.Crash`. */
export class LambdaFailure extends Error {
  override readonly name = 'LambdaFailure';
  readonly errorType: string;

  constructor(errorType: string, message: string) {
    super(`${errorType}: ${message}`);
    this.errorType = errorType;
  }
}
