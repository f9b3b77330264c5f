import type { KeyType } from '../../src/domain/dynamodb/model/table-spec.ts';
import type { Chance } from '../support/chance.ts';
import type { Moment } from '../support/model/read-history.ts';
import type { SourceLedger } from './ledger.ts';
import type { Format, SourceRead } from './source-read.ts';
import type { RowKey } from './tables.ts';

/** The directives of the `Cache-Control` header of a request. */
interface CacheControl {
  readonly header?: string;
  readonly noCache?: boolean;
  readonly onlyIfCached?: boolean;
  readonly maxAgeMs?: number;
}

/** The answers that a request may get. */
export type Expectation =
  | {
      readonly kind: 'read';
      readonly row: RowKey;
      readonly cacheControl: CacheControl;
      readonly format: Format;
      /** The answer that the client already has, by its entity tag. */
      readonly has?: SourceRead;
    }
  | { readonly kind: 'delete'; readonly what: { readonly row: RowKey } | { readonly table: string } }
  | { readonly kind: 'problem'; readonly status: number; readonly code: string }
  | { readonly kind: 'health' | 'metrics' };

/** A request of a client and the answers that it may get. */
export interface GeneratedRequest {
  readonly method: string;
  /** Path and query. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly expectation: Expectation;
}

const bad = (
  target: string,
  status: number,
  code: string,
  headers: Readonly<Record<string, string>> = {},
  method = 'GET',
): GeneratedRequest => ({ method, target, headers, expectation: { kind: 'problem', status, code } });

/** Invalid requests with their answers. */
const BAD_REQUESTS: readonly [GeneratedRequest, ...GeneratedRequest[]] = [
  bad('/dynamodb', 400, 'malformed_name'),
  bad('/dynamodb?name=Words', 400, 'malformed_name'),
  bad('/dynamodb?name=Words@@', 400, 'malformed_name'),
  bad('/dynamodb?name=Pairs@@k1', 400, 'malformed_name'),
  bad('/dynamodb?name=Pairs@@k1@@one', 400, 'malformed_name'),
  bad('/dynamodb?name=Pairs@@k1@@@1', 400, 'ambiguous_name'),
  bad('/dynamodb?name=Pairs@@k1@@x@@1', 400, 'ambiguous_name'),
  bad('/dynamodb?name=Numbers@@1e200', 400, 'malformed_name'),
  bad('/dynamodb?name=Numbers@@123456789012345678901234567890123456789', 400, 'malformed_name'),
  bad('/dynamodb?name=Bytes@@!!@@x', 400, 'malformed_name'),
  bad('/dynamodb?name=Words@@%ff', 400, 'malformed_name'),
  bad('/dynamodb?name=Words@@%zz', 400, 'malformed_name'),
  bad('/dynamodb?name=Words@@k0&name=Words@@k0', 400, 'malformed_name'),
  bad('/dynamodb?name=Words@@k0&table=Words', 400, 'malformed_name'),
  bad('/dynamodb?table=Words&sortKey=1', 400, 'malformed_name'),
  bad('/dynamodb?table=Words', 400, 'malformed_name'),
  bad('/dynamodb?name=Words@@k0&shape=round', 400, 'unknown_parameter'),
  bad('/dynamodb?name=Words@@k0&format=xml', 400, 'unknown_parameter'),
  bad('/dynamodb?name=Words@@k0', 400, 'malformed_request', { 'cache-control': 'max-age=soon' }),
  bad('/dynamodb?name=Words@@k0', 400, 'malformed_request', { 'cache-control': '=,=' }),
  bad('/dynamodb?name=Words@@k0', 400, 'forwarded_request', { 'x-forwarded-for': '10.0.0.1' }),
  bad('/dynamodb?name=Words@@k0', 400, 'foreign_host', { host: 'example.com' }),
  bad('/dynamodb?name=Words@@k0', 400, 'cross_site', { origin: 'https://example.com' }),
  bad('/dynamodb?name=Secrets@@k0', 403, 'table_not_configured'),
  bad('/nothing', 404, 'no_such_route'),
  bad('/dynamodb?name=Words@@k0', 405, 'method_not_allowed', {}, 'POST'),
  bad('/dynamodb?name=Words@@', 400, 'malformed_name', {}, 'DELETE'),
  bad('/dynamodb?table=Words&sortKey=1', 400, 'malformed_name', {}, 'DELETE'),
  bad('/health', 405, 'method_not_allowed', {}, 'PUT'),
];

const CACHE_CONTROLS: readonly [CacheControl, ...CacheControl[]] = [
  {},
  ...Array.from({ length: 16 }, () => ({})),
  { header: 'max-stale=5, no-transform' },
  { header: 'no-cache', noCache: true },
  { header: 'No-Cache, max-age=3', noCache: true },
  { header: 'max-age=0', maxAgeMs: 0 },
  { header: 'max-age=2', maxAgeMs: 2_000 },
  { header: 'max-age="7"', maxAgeMs: 7_000 },
  { header: 'only-if-cached', onlyIfCached: true },
  { header: 'max-age=3,only-if-cached', onlyIfCached: true, maxAgeMs: 3_000 },
  { header: 'only-if-cached, no-cache', onlyIfCached: true, noCache: true },
];

/** Generates requests of clients. */
export class RequestGenerator {
  readonly #rows: readonly [RowKey, ...RowKey[]];
  readonly #ledger: SourceLedger;
  readonly #chance: Chance;

  constructor(rows: readonly [RowKey, ...RowKey[]], ledger: SourceLedger, chance: Chance) {
    this.#rows = rows;
    this.#ledger = ledger;
    this.#chance = chance;
  }

  /** A random row; some rows are requested much more often than others. */
  row(): RowKey {
    const share = this.#chance.fraction() ** 3;
    return this.#rows[Math.floor(share * this.#rows.length)] ?? this.#rows[0];
  }

  next(): GeneratedRequest {
    const dice = this.#chance.below(1_000);
    if (dice < 30) return this.#chance.pick(BAD_REQUESTS);
    if (dice < 33)
      return { method: 'GET', target: '/metrics', headers: {}, expectation: { kind: 'metrics' } };
    if (dice < 38) return { method: 'GET', target: '/health', headers: {}, expectation: { kind: 'health' } };
    if (dice < 40) return forgettingTable(this.row());
    if (dice < 70) return this.#forgetting(this.row());
    return this.read(this.row());
  }

  /** A read of the row in a random notation. */
  read(row: RowKey, cacheControl = this.#chance.pick(CACHE_CONTROLS)): GeneratedRequest {
    const format: Format = this.#chance.oneIn(10) ? 'typed' : 'plain';
    const has = this.#chance.oneIn(5) ? this.#taggedRead(row, format) : undefined;
    const tag = has?.tags.get(format);
    return {
      method: this.#chance.oneIn(25) ? 'HEAD' : 'GET',
      target: `${this.#target(row)}${format === 'typed' ? '&format=dynamodb' : ''}`,
      headers: {
        ...(cacheControl.header === undefined ? {} : { 'cache-control': cacheControl.header }),
        ...(tag === undefined ? {} : { 'if-none-match': tag }),
      },
      expectation: { kind: 'read', row, cacheControl, format, ...(has === undefined ? {} : { has }) },
    };
  }

  #forgetting(row: RowKey): GeneratedRequest {
    return {
      method: 'DELETE',
      target: this.#target(row),
      headers: {},
      expectation: { kind: 'delete', what: { row } },
    };
  }

  #taggedRead(row: RowKey, format: Format): SourceRead | undefined {
    return this.#ledger.historyOf(row).reads.findLast(({ tags }) => tags.has(format));
  }

  #target({ table, hash, sort }: RowKey): string {
    const spelledHash = this.#spelled(table.hashType, hash);
    const spelledSort = sort === undefined ? undefined : this.#spelled(table.sortType ?? 'S', sort);
    if (this.#chance.oneIn(3)) {
      const parameters = { table: table.name, hashKey: spelledHash };
      const all = spelledSort === undefined ? parameters : { ...parameters, sortKey: spelledSort };
      return `/dynamodb?${new URLSearchParams(all)}`;
    }
    const values = spelledSort === undefined ? [spelledHash] : [spelledHash, spelledSort];
    return `/dynamodb?name=${[table.name, ...values].map(encodeURIComponent).join('@@')}`;
  }

  /** The value in a random notation. */
  #spelled(type: KeyType, value: string): string {
    if (type === 'S' || this.#chance.oneIn(2)) return value;
    if (type === 'B')
      return this.#chance.oneIn(2) ? Buffer.from(value, 'base64').toString('base64url') : value;
    const sign = value.startsWith('-') ? '-' : '';
    const digits = value.slice(sign.length);
    return this.#chance.pick([
      `${sign}0${digits}`,
      `${value}e0`,
      digits.includes('.') ? `${value}0` : `${value}.0`,
      `${Number(value) * 100}E-2`,
      value === '0' ? '-0' : value,
    ]);
  }
}

const forgettingTable = ({ table }: RowKey): GeneratedRequest => ({
  method: 'DELETE',
  target: `/dynamodb?table=${table.name}`,
  headers: {},
  expectation: { kind: 'delete', what: { table: table.name } },
});

/** A request with its answer. */
export interface AnsweredRequest {
  readonly request: GeneratedRequest;
  readonly sent: Moment;
  readonly received: Moment;
  readonly status: number;
  /** By lower-case name. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
  /** Whether a failure held readers of the row back when the answer came. */
  readonly isHeldBack: boolean;
  /** Whether memory could have answered a reader without conditions when the answer came; absent if unknown. */
  readonly isRemembered?: boolean;
}

/** A read with its answer. */
export interface AnsweredRead extends AnsweredRequest {
  readonly asked: Extract<GeneratedRequest['expectation'], { kind: 'read' }>;
}
