import type { KeyType } from '../../src/domain/dynamodb/model/table-spec.ts';
import type { Chance } from '../support/chance.ts';
import { BAD_REQUESTS } from './bad-requests.ts';
import type { Ledger } from './ledger.ts';
import type { Place } from './place.ts';
import type { Format, Question } from './question.ts';
import type { SoakRequest, Wish } from './request.ts';

const WISHES: readonly [Wish, ...Wish[]] = [
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

/** Makes up what clients send. */
export class Requests {
  readonly #places: readonly [Place, ...Place[]];
  readonly #ledger: Ledger;
  readonly #chance: Chance;

  constructor(places: readonly [Place, ...Place[]], ledger: Ledger, chance: Chance) {
    this.#places = places;
    this.#ledger = ledger;
    this.#chance = chance;
  }

  /** A place: some are asked for much more often than others. */
  place(): Place {
    const share = this.#chance.fraction() ** 3;
    return this.#places[Math.floor(share * this.#places.length)] ?? this.#places[0];
  }

  next(): SoakRequest {
    const dice = this.#chance.below(1_000);
    if (dice < 30) return this.#chance.pick(BAD_REQUESTS);
    if (dice < 33)
      return { method: 'GET', target: '/metrics', headers: {}, expectation: { kind: 'metrics' } };
    if (dice < 38) return { method: 'GET', target: '/health', headers: {}, expectation: { kind: 'health' } };
    if (dice < 40) return forgettingTable(this.place());
    if (dice < 70) return this.#forgetting(this.place());
    return this.read(this.place());
  }

  /** A read of the place, in any of the ways in which it can be asked for. */
  read(place: Place, wish = this.#chance.pick(WISHES)): SoakRequest {
    const format: Format = this.#chance.oneIn(10) ? 'typed' : 'plain';
    const has = this.#chance.oneIn(5) ? this.#taggedQuestion(place, format) : undefined;
    const tag = has?.tags.get(format);
    return {
      method: this.#chance.oneIn(25) ? 'HEAD' : 'GET',
      target: `${this.#target(place)}${format === 'typed' ? '&format=dynamodb' : ''}`,
      headers: {
        ...(wish.header === undefined ? {} : { 'cache-control': wish.header }),
        ...(tag === undefined ? {} : { 'if-none-match': tag }),
      },
      expectation: { kind: 'read', place, wish, format, ...(has === undefined ? {} : { has }) },
    };
  }

  #forgetting(place: Place): SoakRequest {
    return {
      method: 'DELETE',
      target: this.#target(place),
      headers: {},
      expectation: { kind: 'delete', what: { place } },
    };
  }

  #taggedQuestion(place: Place, format: Format): Question | undefined {
    return this.#ledger.placeHistory(place).questions.findLast(({ tags }) => tags.has(format));
  }

  #target({ table, hash, sort }: Place): string {
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

  /** The value in one of the notations that mean it. */
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

const forgettingTable = ({ table }: Place): SoakRequest => ({
  method: 'DELETE',
  target: `/dynamodb?table=${table.name}`,
  headers: {},
  expectation: { kind: 'delete', what: { table: table.name } },
});
