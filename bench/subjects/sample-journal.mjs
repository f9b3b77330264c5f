const PAGES = 4;
const STRIPES = 128;
const RING = 32;

/** The answer to a check: all pages of a journal in use, in the format of docs/maintainers/decisions/0043-journal-in-dynamodb.md. */
export const journalPages = ({ ExpressionAttributeValues }) => {
  const [scope] = Object.values(ExpressionAttributeValues);
  const pages = Array.from({ length: PAGES }, (_, index) => ({
    table: scope,
    page: { N: String(PAGES * 100 + index) },
    version: { N: '1' },
    epoch: { N: '7' },
    head: { N: String(STRIPES * 99) },
    ring: { L: Array.from({ length: RING }, (_unused, hash) => ({ N: String(hash * 2) })) },
    ...Object.fromEntries(
      Array.from({ length: STRIPES }, (_unused, stripe) => [stripe.toString(36), { N: '99' }]),
    ),
  }));
  return JSON.stringify({ Count: PAGES, Items: pages, ScannedCount: PAGES });
};
