import { JOURNAL_KEY } from '../../../src/adapters/dynamodb/journal/journal-item.ts';
import { STRIPES } from '../../../src/domain/cache/journal-page.ts';
import type { AttributeMap } from '../../../src/domain/dynamodb/json/dynamodb-json.ts';

/** A page on which every stripe was announced 9,999 times, with a ring just before it is trimmed. */
export const fullPage = (scope: string, number = 403): AttributeMap => ({
  [JOURNAL_KEY.scope]: { S: scope },
  [JOURNAL_KEY.page]: { N: String(number) },
  version: { N: '1' },
  epoch: { N: '4294967291' },
  head: { N: String(STRIPES * 9999) },
  all: { N: '9999' },
  unknown: { N: '9999' },
  unknownAt: { N: '1767225599999' },
  ring: { L: Array.from({ length: 40 }, (_, n) => ({ N: String(8_589_934_591 - n * 2) })) },
  ...Object.fromEntries(Array.from({ length: STRIPES }, (_, n) => [n.toString(36), { N: '9999' }])),
});

/** Longer than most: the name of a table in a region. */
export const LONG_SCOPE = `ap-southeast-1/${'x'.repeat(43)}`;
