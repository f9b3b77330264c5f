import { BodyCollector } from '../../../domain/cache/body-collector.ts';
import type { UpstreamAnswer } from './response-assembler.ts';
import { AnswerTooLong } from './unreadable-answer.ts';

/**
 * All bytes of a body. Rejects with what broke it off.
 *
 * @param maxBytes of what comes in pieces; after more than that the connection is ended
 * @throws {AnswerTooLong} by rejection, if more comes
 */
export const wholeBody = async (body: UpstreamAnswer['body'], maxBytes: number): Promise<Uint8Array> => {
  if (body instanceof Uint8Array) return body;
  const collected = new BodyCollector(maxBytes);
  for await (const piece of body) {
    if (!collected.add(piece)) throw new AnswerTooLong(`a body of more than ${maxBytes} bytes`);
  }
  return collected.whole();
};
