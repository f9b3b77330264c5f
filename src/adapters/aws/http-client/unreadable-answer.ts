/** What came is no answer of HTTP/1.1 to what was asked. */
export class UnreadableAnswer extends Error {
  override readonly name: string = 'UnreadableAnswer';
}

/** The body is longer than is read whole. */
export class AnswerTooLong extends UnreadableAnswer {
  override readonly name = 'AnswerTooLong';
}
