/** What steps write as DynamoDB's JSON, with bytes in place of base64, as the SDK for JavaScript wants them. */
export const withBytes = (value) => {
  if (Array.isArray(value)) return value.map(withBytes);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [
      name,
      name === 'B' && typeof member === 'string' ? Buffer.from(member, 'base64') : withBytes(member),
    ]),
  );
};
