import { CacheError } from '../../cache/errors.ts';

/** The request does not identify an item: a part is missing, unexpected, empty, too long, or not of the key's type. */
export class MalformedNameError extends CacheError {
  readonly code = 'malformed_name';
  readonly category = 'invalid_request';
}

/** The name can be split into hash and sort value in more than one way. */
export class AmbiguousNameError extends CacheError {
  readonly code = 'ambiguous_name';
  readonly category = 'invalid_request';

  constructor() {
    super(
      'the name can be split into hash and sort value in more than one way: use the parameters table, hashKey and sortKey instead of name',
    );
  }
}

/** The request names a table that is not configured. */
export class TableNotConfiguredError extends CacheError {
  readonly code = 'table_not_configured';
  readonly category = 'forbidden';

  /** @param configured names of the configured tables */
  constructor(configured: readonly string[]) {
    super(`the table is not configured; configured tables: ${configured.join(', ') || 'none'}`);
  }
}

/** Several configured tables have the name in the request. */
export class AmbiguousTableError extends CacheError {
  readonly code = 'ambiguous_table';
  readonly category = 'invalid_request';

  /** @param names the names of these tables in the configuration */
  constructor(names: readonly string[]) {
    super(`several configured tables have this name; use one of: ${names.join(', ')}`);
  }
}
