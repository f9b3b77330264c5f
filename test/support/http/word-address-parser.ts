import type { AddressParser } from '../../../src/adapters/http/items/item-query.ts';
import { type Address, EntryKey } from '../../../src/domain/cache/cache-entry.ts';

import { CacheError } from '../../../src/domain/cache/errors.ts';

/** `shelf` names a group, and with `word` one entry of it. */
export class WordAddressParser implements AddressParser {
  readonly parameters: readonly string[] = ['shelf', 'word'];

  parse(query: ReadonlyMap<string, string>): Address {
    const group = query.get('shelf') ?? '';
    const word = query.get('word');
    if (group === 'locked') throw new LockedShelfError('this shelf is locked');
    return word === undefined ? { group } : { group, key: new EntryKey(group, word) };
  }
}

class LockedShelfError extends CacheError {
  readonly code = 'shelf_locked';
  readonly category = 'forbidden';
}
