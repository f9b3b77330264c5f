import { describe, expect, it } from '@jest/globals';
import { readStreamSettings } from '../../../../src/adapters/config/environment/stream-settings.ts';

const VALID = { CACHE_EXTENSION_JOURNAL_TABLE: 'my-journal', TABLE_KEYS: 'id' };

describe('readStreamSettings', () => {
  it.each([
    ['id', { hash: 'id' }],
    ['pk,sk', { hash: 'pk', sort: 'sk' }],
    [' pk , sk ', { hash: 'pk', sort: 'sk' }],
  ])('reads the names of the key attributes from TABLE_KEYS=%s', (text, keyNames) => {
    expect(readStreamSettings({ ...VALID, TABLE_KEYS: text })).toMatchObject({
      keyNames,
      journal: { table: 'my-journal', pages: 4 },
      settings: { timeoutMs: 2000, logLevel: 'warn' },
    });
  });

  it.each([',', 'pk,', ',sk', 'pk,pk', 'a,b,c'])('rejects TABLE_KEYS=%s', (text) => {
    expect(() => readStreamSettings({ ...VALID, TABLE_KEYS: text })).toThrow(
      `TABLE_KEYS is "${text}"; allowed: the name of the hash key attribute, `,
    );
  });

  it('reports all missing and invalid variables at once', () => {
    expect(() => readStreamSettings({ CACHE_EXTENSION_TIMEOUT: 'soon' })).toThrow(
      /^CACHE_EXTENSION_TIMEOUT is "soon"; .*\nTABLE_KEYS is not set; .*\nCACHE_EXTENSION_JOURNAL_TABLE is not set; /,
    );
  });

  it('rejects an invalid name of the journal table', () => {
    const environment = { ...VALID, CACHE_EXTENSION_JOURNAL_TABLE: 'a/b' };

    expect(() => readStreamSettings(environment)).toThrow(
      /^CACHE_EXTENSION_JOURNAL_TABLE is "a\/b"; [^\n]*$/,
    );
  });
});
