import type { WireAnswer } from '../../../ports/inbound/wire-operations.ts';

/** The answer as a web-standard object. */
export const wireResponse = ({ status, headers, body }: WireAnswer): Response => {
  const content = body instanceof Uint8Array ? body : streamOf(body);
  return new Response(hasNoBody(status) ? null : content, { status, headers });
};

/** Those for which a `Response` takes no body. */
const hasNoBody = (status: number): boolean => status === 204 || status === 205 || status === 304;

/** Asks for a piece only when the client has taken the one before. */
const streamOf = (pieces: AsyncIterable<Uint8Array>): ReadableStream<Uint8Array> => {
  const iterator = pieces[Symbol.asyncIterator]();
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { done, value } = await iterator.next();
        if (done === true) controller.close();
        else controller.enqueue(value);
      },
      async cancel() {
        await iterator.return?.();
      },
    },
    { highWaterMark: 0 },
  );
};
