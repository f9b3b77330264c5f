/** The path under which the extension has an item, by its name: `<table>@@<hash>@@<sort>`. */
export const itemPath = (table: string, hash: string, sort?: string): string =>
  `/dynamodb?name=${encodeURIComponent([table, hash, ...(sort === undefined ? [] : [sort])].join('@@'))}`;

/** The path of the same item in the structured form, which serves any value. */
export const structuredPath = (table: string, hash: string, sort?: string): string =>
  `/dynamodb?${new URLSearchParams({ table, hashKey: hash, ...(sort === undefined ? {} : { sortKey: sort }) })}`;
