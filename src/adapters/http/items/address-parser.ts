import type { Address } from '../../../domain/cache/address.ts';

/** Reads from a query string what a request names. */
export interface AddressParser {
  /** The names of the query parameters that are understood; any other is refused before `parse`. */
  readonly parameters: readonly string[];
  /**
   * The address that the decoded parameters name: without a key if they name a whole group.
   *
   * @throws {CacheError} if they name nothing
   */
  parse(query: ReadonlyMap<string, string>): Address;
}
