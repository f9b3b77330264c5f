import type { UpstreamAnswer } from './arriving-answer.ts';
import { UnreadableAnswer } from './unreadable-answer.ts';

/**
 * All bytes of a body. Rejects with what broke it off.
 *
 * @param maxBytes of what comes in pieces; after more than that the connection is ended
 * @throws {UnreadableAnswer} by rejection, if more comes
 */
export const wholeBody = async (body: UpstreamAnswer['body'], maxBytes: number): Promise<Uint8Array> => {
  if (body instanceof Uint8Array) return body;
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of body) {
    bytes += piece.byteLength;
    if (bytes > maxBytes) throw new UnreadableAnswer(`a body of more than ${maxBytes} bytes`);
    pieces.push(piece);
  }
  return Buffer.concat(pieces, bytes);
};
