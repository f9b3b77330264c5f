/**
 * The body of a request, or undefined if it is longer than `maxBytes`. Rejects if the client goes away.
 */
export const bodyWithin = async (request: Request, maxBytes: number): Promise<Uint8Array | undefined> => {
  const length = request.headers.get('content-length');
  if (length === null) return gathered(request.body, maxBytes);
  // The parser lets in no more than that.
  return Number(length) <= maxBytes ? new Uint8Array(await request.arrayBuffer()) : undefined;
};

const gathered = async (
  body: ReadableStream<Uint8Array> | null,
  maxBytes: number,
): Promise<Uint8Array | undefined> => {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > maxBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
};
