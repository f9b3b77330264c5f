import { BodyCollector } from '../../domain/cache/body-collector.ts';
import { SourceUnavailableError } from '../../domain/cache/errors.ts';
import { MAX_ANSWER_BYTES } from '../../domain/dynamodb/operations/answer-limit.ts';
import type { WireAnswer } from '../../ports/inbound/wire-operations.ts';

/** The answer is longer than an answer that is read whole may be. */
export class LongAnswerError extends SourceUnavailableError {
  constructor() {
    super(`DynamoDB's answer is longer than ${MAX_ANSWER_BYTES} bytes, which is the most that is read whole`);
  }
}

/**
 * Reads the whole body of an answer. Rejects as the body does, if the rest of it does not come.
 *
 * @throws {LongAnswerError} by rejection; the rest is not read then, and the connection is closed
 */
export const readBody = async ({ body }: WireAnswer): Promise<Uint8Array> => {
  if (body instanceof Uint8Array) return body;
  const collected = new BodyCollector(MAX_ANSWER_BYTES);
  for await (const piece of body) {
    if (!collected.add(piece)) throw new LongAnswerError();
  }
  return collected.whole();
};

/** The same, or undefined for a longer answer: such an answer can only be streamed. */
export const readBodyUnlessLong = async (answer: WireAnswer): Promise<Uint8Array | undefined> => {
  try {
    return await readBody(answer);
  } catch (error) {
    if (error instanceof LongAnswerError) return undefined;
    throw error;
  }
};

/** The answer with another body; of the headers only that remains which names the answer, because the others tell of the old one. */
export const withBody = ({ status, headers }: WireAnswer, body: Uint8Array): WireAnswer => {
  const id = headers['x-amzn-requestid'];
  return { status, headers: id === undefined ? {} : { 'x-amzn-requestid': id }, body };
};

/** An answer that consists of nothing but its body. */
export const answerOf = (body: Uint8Array): WireAnswer => ({ status: 200, headers: {}, body });
