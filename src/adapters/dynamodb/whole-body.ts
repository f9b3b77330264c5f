import type { IncomingMessage } from 'node:http';

/** All bytes of an answer; by events, which take less than iteration does. Rejects with what broke it off. */
export const wholeBody = (response: IncomingMessage): Promise<Uint8Array> =>
  new Promise((resolve, reject) => {
    const chunks: Uint8Array[] = [];
    response.on('data', (chunk: Uint8Array) => chunks.push(chunk));
    response.on('end', () => {
      const [only] = chunks;
      resolve(only !== undefined && chunks.length === 1 ? only : Buffer.concat(chunks));
    });
    response.on('error', reject);
  });
