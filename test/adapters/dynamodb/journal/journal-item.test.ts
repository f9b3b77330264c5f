import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { itemBytes } from '../../../../src/adapters/dynamodb/journal/journal-admin.ts';
import {
  announcingUpdate,
  pageUpdates,
  readPage,
  UnusablePageError,
} from '../../../../src/adapters/dynamodb/journal/journal-item.ts';
import { pageOf, STRIPES, stripeOf } from '../../../../src/domain/cache/journal-page.ts';
import { UnreadableValueError } from '../../../../src/domain/named-values/aws-answer.ts';
import { fullPage, LONG_SCOPE } from '../../../support/dynamodb/full-page.ts';

const hash = fc.integer({ min: 0, max: 2 ** 32 - 1 });

describe('the size of a page', () => {
  it.each([
    [{ name: { S: 'ä' } }, 6],
    [{ n: { N: '0' } }, 2],
    [{ n: { N: '9999' } }, 4],
    [{ n: { N: '1200' } }, 3],
    [{ n: { N: '-0.5' } }, 4],
    [{ n: { N: '8589934591' } }, 7],
    [{ b: { B: 'AAAA' } }, 4],
    [{ b: { BOOL: true }, n: { NULL: true } }, 4],
    [{ l: { L: [] }, m: { M: {} } }, 8],
    [{ l: { L: [{ N: '1' }, { S: 'abc' }] } }, 11],
    [{ m: { M: { a: { S: 'bc' } } } }, 8],
    [{ s: { SS: ['ab', 'c'] }, n: { NS: ['10', '123'] } }, 10],
  ])('of %j is %d bytes by the rules of DynamoDB', (item, bytes) => {
    expect(itemBytes(item)).toBe(bytes);
  });

  it('stays below 1 KB with counters of four digits and the longest ring, and four pages below 4 KB', () => {
    const bytes = itemBytes(fullPage(LONG_SCOPE));

    expect(Object.keys(fullPage(LONG_SCOPE))).toHaveLength(STRIPES + 9);
    expect(LONG_SCOPE).toHaveLength(58);
    expect(bytes).toBe(1023);
    expect(bytes).toBeLessThan(1024);
  });
});

describe('pageUpdates', () => {
  it('assigns each key to its page, once', () => {
    fc.assert(
      fc.property(fc.array(hash), fc.integer({ min: 1, max: 16 }), (changed, pages) => {
        const updates = pageUpdates({ scope: 's', changed, isUnknown: false, at: 1 }, pages);
        const hashes = updates.flatMap((update) => update.hashes);

        expect(new Set(updates.map(({ index }) => index)).size).toBe(updates.length);
        expect([...hashes].sort()).toEqual([...new Set(changed)].sort());
        for (const update of updates) {
          for (const each of update.hashes) expect(pageOf(each, pages)).toBe(update.index);
        }
      }),
    );
  });
});

describe('announcingUpdate', () => {
  it('adds to the counters of all stripes as many keys as to the head', () => {
    fc.assert(
      fc.property(fc.uniqueArray(hash, { minLength: 1 }), fc.boolean(), (hashes, isUnknown) => {
        const update = { scope: 's', pages: 1, index: 0, hashes, everything: false, isUnknown, at: 1 };
        const { UpdateExpression, ExpressionAttributeValues, ExpressionAttributeNames } = announcingUpdate(
          update,
          1,
          32,
        );
        const values: Readonly<Record<string, object>> = ExpressionAttributeValues;
        const added = [...UpdateExpression.matchAll(/#([0-9a-z]+) (:\d+)/g)].map(
          ([, name = '', value = '']) => [name, Number(Reflect.get(values[value] ?? {}, 'N'))] as const,
        );
        const stripes = new Map(added.filter(([name]) => name.length <= 2));

        expect(Object.fromEntries(added)).toMatchObject({
          head: hashes.length,
          ...(isUnknown ? { unknown: 1 } : {}),
        });
        expect([...stripes.values()].reduce((sum, count) => sum + count, 0)).toBe(hashes.length);
        expect(new Set(stripes.keys())).toEqual(new Set(hashes.map((each) => stripeOf(each).toString(36))));
        for (const name of UpdateExpression.match(/#\w+/g) ?? []) {
          expect(ExpressionAttributeNames).toHaveProperty([name], name.slice(1));
        }
        for (const name of UpdateExpression.match(/:\w+/g) ?? []) expect(values).toHaveProperty([name]);
      }),
    );
  });
});

describe('readPage', () => {
  it('reads the fullest page', () => {
    const page = readPage(fullPage('scope', 1615), 'scope');

    expect(page).toMatchObject({ pages: 16, index: 15, everything: 9999, unknown: 9999 });
    expect(page.stripes.size).toBe(STRIPES);
    expect(page.ring).toHaveLength(40);
  });

  it('reads any item as a page of whole numbers, or refuses it without its values', () => {
    const value = fc.oneof(
      fc.record({ N: fc.oneof(fc.nat().map(String), fc.string(), fc.double().map(String)) }),
      fc.record({ L: fc.array(fc.oneof(fc.record({ N: fc.nat().map(String) }), fc.jsonValue())) }),
      fc.jsonValue(),
    );
    const names = fc.constantFrom('page', 'version', 'epoch', 'head', 'all', 'unknown', 'ring', '5', '3j');
    const changes = fc.dictionary(fc.oneof(names, fc.string()), value, { maxKeys: 3 });
    fc.assert(
      fc.property(changes, (changed) => {
        try {
          const page = readPage({ ...fullPage('scope'), ...changed }, 'scope');
          const numbers = [page.pages, page.index, page.epoch, page.head, page.everything, page.unknown];
          for (const number of [...numbers, ...page.stripes.values(), ...page.ring.map((key) => key.hash)]) {
            expect(Number.isSafeInteger(number) && number >= 0).toBe(true);
          }
          expect(page.index).toBeLessThan(page.pages);
        } catch (error) {
          if (error instanceof UnreadableValueError) return expect(changed).toHaveProperty('table');
          expect(error).toBeInstanceOf(UnusablePageError);
          expect(String(error)).toMatch(
            /^UnusablePageError: the journal has a page (whose attribute \w+ is|of format 2)/,
          );
        }
      }),
      { numRuns: 500 },
    );
  });
});
