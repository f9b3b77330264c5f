import type { UpstreamAnswer } from './arriving-answer.ts';

/** All bytes of a body. Rejects with what broke it off. */
export const wholeBody = async (body: UpstreamAnswer['body']): Promise<Uint8Array> => {
  if (body instanceof Uint8Array) return body;
  const pieces: Uint8Array[] = [];
  for await (const piece of body) pieces.push(piece);
  return Buffer.concat(pieces);
};
