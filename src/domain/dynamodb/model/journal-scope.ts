/**
 * The scope in which writes of a table are announced. All that announce or check must agree on it.
 *
 * @param region of the table; in Lambda it is always known
 */
export const journalScope = (region: string | undefined, table: string): string => `${region}/${table}`;
