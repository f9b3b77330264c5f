/** What came is no answer of HTTP/1.1 to what was asked. */
export class UnreadableAnswer extends Error {
  override readonly name = 'UnreadableAnswer';
}
