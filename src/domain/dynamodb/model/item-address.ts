import type { Address } from '../../cache/cache-entry.ts';
import {
  AmbiguousNameError,
  AmbiguousTableError,
  MalformedNameError,
  TableNotConfiguredError,
} from './errors.ts';
import { KeyCodec } from './key-codec.ts';
import type { TableSpec } from './table-spec.ts';

const DELIMITER = '@@';

/** Parses a query string: `name=<table>@@<hash>@@<sort>`, or the parameters `table`, `hashKey` and `sortKey`. */
export class ItemAddressParser {
  /** The names of the supported query parameters. */
  readonly parameters: readonly string[] = ['name', 'table', 'hashKey', 'sortKey'];
  readonly #codecs: ReadonlyMap<string, KeyCodec>;
  /** What else may name tables that are configured by ARN: the ARN, and the table name in it. */
  readonly #aliases: ReadonlyMap<string, readonly string[]>;

  constructor(specs: readonly TableSpec[]) {
    this.#codecs = new Map(specs.map((spec) => [spec.name, new KeyCodec(spec)]));
    const aliases = specs.flatMap(({ arn, table }) => (arn === undefined ? [] : [arn, table]));
    this.#aliases = new Map(
      aliases.map((alias) => [
        alias,
        specs.flatMap(({ arn, table, name }) => (arn === alias || table === alias ? [name] : [])),
      ]),
    );
  }

  /**
   * Returns the address that the query names. The address has no key if the only parameter is `table`.
   *
   * @param query parameters by name, decoded
   * @throws {MalformedNameError | AmbiguousNameError | TableNotConfiguredError | AmbiguousTableError}
   */
  parse(query: ReadonlyMap<string, string>): Address {
    const name = query.get('name');
    const table = query.get('table');
    const hash = query.get('hashKey');
    const sort = query.get('sortKey');
    if (name === undefined) return this.#fromParts(table, hash, sort);
    if (table !== undefined || hash !== undefined || sort !== undefined) {
      throw new MalformedNameError('name cannot be combined with table, hashKey or sortKey');
    }
    return this.#fromName(name);
  }

  #fromParts(table: string | undefined, hash: string | undefined, sort: string | undefined): Address {
    if (table === undefined) throw new MalformedNameError('either name or table is required');
    const group = this.#groupOf(table);
    const codec = this.#codecOf(group);
    if (hash !== undefined) return { group, key: codec.fromText(hash, sort) };
    if (sort !== undefined) throw new MalformedNameError('sortKey requires hashKey');
    return { group };
  }

  #fromName(name: string): Address {
    const tableEnd = name.indexOf(DELIMITER);
    if (tableEnd === -1) throw new MalformedNameError('the name is not of the form <table>@@<hash>@@<sort>');
    const group = this.#groupOf(name.slice(0, tableEnd));
    const codec = this.#codecOf(group);
    const values = name.slice(tableEnd + DELIMITER.length);
    if (!codec.hasSortKey) return { group, key: codec.fromText(withoutTrailingDelimiter(values)) };
    const hashEnd = values.indexOf(DELIMITER);
    if (hashEnd === -1)
      throw new MalformedNameError('the name has no sort value, and the table has a sort key');
    // Starts one character later to detect that a@@@b can be split in two ways.
    if (values.includes(DELIMITER, hashEnd + 1)) throw new AmbiguousNameError();
    const key = codec.fromText(values.slice(0, hashEnd), values.slice(hashEnd + DELIMITER.length));
    return { group, key };
  }

  /** A name in the configuration precedes the table name in an ARN: without an ARN, a table of the function's account is meant. */
  #groupOf(table: string): string {
    if (this.#codecs.has(table)) return table;
    const [name = table, ...others] = this.#aliases.get(table) ?? [];
    if (others.length > 0) throw new AmbiguousTableError([name, ...others]);
    return name;
  }

  #codecOf(table: string): KeyCodec {
    const codec = this.#codecs.get(table);
    if (codec === undefined) throw new TableNotConfiguredError([...this.#codecs.keys()]);
    return codec;
  }
}

const withoutTrailingDelimiter = (values: string): string =>
  values.endsWith(DELIMITER) ? values.slice(0, -DELIMITER.length) : values;
