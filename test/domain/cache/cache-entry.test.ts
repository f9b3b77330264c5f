import { describe, expect, it } from '@jest/globals';
import { bodyOf, type CacheEntry, EntryKey, isAbsence } from '../../../src/domain/cache/cache-entry.ts';

const plain = { contentType: 'application/json', bytes: Uint8Array.of(1), digest: 'p' };
const typed = { contentType: 'application/x-amz-json-1.0', bytes: Uint8Array.of(2), digest: 't' };
const empty = { contentType: 'application/json', bytes: new Uint8Array(0), digest: 'e' };

const entryWith = (...bodies: CacheEntry['bodies']): CacheEntry => ({
  key: new EntryKey('T', 'a'),
  storedAt: 0,
  readOrder: 0,
  bodies,
  jitter: 0,
  refused: false,
});

describe('CacheEntry', () => {
  it('is an absence exactly if it has no body, however short a body is', () => {
    expect(isAbsence(entryWith())).toBe(true);
    expect(isAbsence(entryWith(empty))).toBe(false);
    expect(isAbsence(entryWith(plain, typed))).toBe(false);
  });

  it('finds the body of a content type, wherever it stands', () => {
    const entry = entryWith(plain, typed);

    expect(bodyOf(entry, 'application/json')).toBe(plain);
    expect(bodyOf(entry, 'application/x-amz-json-1.0')).toBe(typed);
  });

  it('has no body of a content type that is not kept', () => {
    expect(bodyOf(entryWith(plain), 'application/x-amz-json-1.0')).toBeUndefined();
    expect(bodyOf(entryWith(), 'application/json')).toBeUndefined();
  });
});
