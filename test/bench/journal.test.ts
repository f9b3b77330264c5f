import { expect, it } from '@jest/globals';
import { journalPages } from '../../bench/subjects/sample-journal.mjs';
import { pagesQuery, readPage } from '../../src/adapters/dynamodb/journal/journal-item.ts';
import { STRIPES } from '../../src/domain/cache/journal-page.ts';
import type { JsonObject } from '../../src/domain/json/json-object.ts';

it('the journal of the bench has full pages as the extension writes them', () => {
  const scope = 'eu-west-1/Items';
  const { Items } = JSON.parse(journalPages(pagesQuery(scope, undefined)));
  const pages = Items.map((item: JsonObject) => readPage(item, scope));

  expect(pages).toHaveLength(4);
  for (const [index, page] of pages.entries()) {
    expect(page).toMatchObject({ pages: 4, index, head: STRIPES * 99 });
    expect(page.stripes.size).toBe(STRIPES);
    expect(page.ring).toHaveLength(32);
  }
});
