import type { TableSpec } from './table-spec.ts';

/** What `fields` means for an SDK that is pointed at the endpoint, and what to do; follows words that name the SDK. */
export const FIELDS_AT_ENDPOINT =
  'its reads of whole items are forwarded and never cached, because fields is set; leave fields out of cache.yaml, or name the attributes in ProjectionExpression';

/** The names of the tables of which only some attributes are cached. */
export const tablesWithFields = (tables: readonly TableSpec[]): readonly string[] =>
  tables.filter(({ fields }) => fields !== undefined).map(({ name }) => name);
