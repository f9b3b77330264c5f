import { BodyCollector } from '../../domain/cache/body-collector.ts';

/** Many times the size of any answer of the Extensions API: an event carries no payload. */
const MAX_BODY_BYTES = 1_048_576;

/**
 * Reads the text of an answer of the Extensions API.
 *
 * @throws {RangeError} if it is too long; leaving the iteration closes the connection
 */
export async function readApiBody(body: AsyncIterable<Uint8Array>): Promise<string> {
  const collected = new BodyCollector(MAX_BODY_BYTES);
  for await (const piece of body) {
    if (!collected.add(piece)) throw new RangeError(`the body is longer than ${MAX_BODY_BYTES} bytes`);
  }
  return new TextDecoder().decode(collected.whole());
}
