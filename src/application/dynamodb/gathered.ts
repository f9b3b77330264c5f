import type { WireAnswer } from '../../ports/wire-operations.ts';

/** All of an answer's body. Rejects as the body does, if the rest of it does not come. */
export const gathered = async ({ body }: WireAnswer): Promise<Uint8Array> => {
  if (body instanceof Uint8Array) return body;
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  const whole = new Uint8Array(chunks.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
};

/** The answer with another body; of the headers only that remains which names the answer, because the others tell of the old one. */
export const withBody = ({ status, headers }: WireAnswer, body: Uint8Array): WireAnswer => {
  const id = headers['x-amzn-requestid'];
  return { status, headers: id === undefined ? {} : { 'x-amzn-requestid': id }, body };
};

/** An answer that consists of nothing but its body. */
export const answerOf = (body: Uint8Array): WireAnswer => ({ status: 200, headers: {}, body });
