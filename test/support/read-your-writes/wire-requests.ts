import type { WireAnswer } from '../../../src/ports/inbound/wire-operations.ts';

/** The parts of a batch, by the name of the table. */
export const byTable = <Key extends { readonly table: string }, Part>(
  keys: readonly Key[],
  part: (keys: readonly Key[]) => Part,
): Readonly<Record<string, Part>> =>
  Object.fromEntries(
    [...new Set(keys.map(({ table }) => table))].map((table) => [
      table,
      part(keys.filter((key) => key.table === table)),
    ]),
  );

/** The JSON of an answer, in one piece or several. */
export const jsonOf = async ({ body }: WireAnswer) => {
  if (body instanceof Uint8Array) return JSON.parse(Buffer.from(body).toString());
  const pieces: Uint8Array[] = [];
  for await (const piece of body) pieces.push(piece);
  return JSON.parse(Buffer.concat(pieces).toString());
};
