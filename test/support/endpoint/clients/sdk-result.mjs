/** What a call of the SDK for JavaScript resolves or rejects with, as JSON: bytes in base64, sets as lists. */
export const resultOf = async (call) => {
  try {
    return plain(await call());
  } catch (error) {
    const { name, message, $metadata, ...rest } = error;
    return plain({ error: { name, message, $metadata, ...withoutResponse(rest) } });
  }
};

const withoutResponse = ({ $response, ...rest }) => rest;

const plain = (value) => {
  if (value instanceof Uint8Array) return { base64: Buffer.from(value).toString('base64') };
  if (value instanceof Set) return { set: [...value].map(plain) };
  if (Array.isArray(value)) return value.map(plain);
  if (value instanceof Date || typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, plain(member)]));
};
