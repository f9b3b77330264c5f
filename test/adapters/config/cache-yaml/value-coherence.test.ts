import { describe, expect, it } from '@jest/globals';
import { appConfigSection } from '../../../../src/adapters/config/cache-yaml/appconfig-section.ts';
import { checkCacheYaml } from '../../../../src/adapters/config/cache-yaml/check-cache-yaml.ts';
import {
  listedParameters,
  listedSecrets,
  parametersSection,
  secretsSection,
} from '../../../../src/adapters/config/cache-yaml/value-sections.ts';

const JOURNAL = { CACHE_EXTENSION_JOURNAL_TABLE: 'my-journal', CACHE_EXTENSION_COHERENCE: '5s' };
const SECTIONS = [parametersSection, secretsSection, appConfigSection];
const LIFETIMES = { ttlMs: 1, negativeTtlMs: 2, staleWhileRevalidateMs: 3, staleIfErrorMs: 4 };

const check = (text: string, environment?: Record<string, string>) =>
  checkCacheYaml(text, { environment, sections: SECTIONS });

/** The coherence of each listed entry, and of what is not listed. */
const coherenceIn = (text: string) => {
  const checked = check(text, JOURNAL);
  expect(checked.problems).toEqual([]);
  const { listed = [], coherence } =
    listedParameters(checked, LIFETIMES) ?? listedSecrets(checked, LIFETIMES) ?? {};
  return [...listed.map((entry) => entry.coherence), coherence];
};

describe('the coherence of parameters and secrets', () => {
  it.each([
    ['parameters: [{ name: /a, coherence: invocation }, { name: /b }]'],
    ['secrets: [{ id: a, coherence: invocation }, { id: b }]'],
  ])('is that of an entry: %s', (text) => {
    expect(coherenceIn(text)).toEqual([{ mode: 'invocation' }, undefined, undefined]);
  });

  it.each([
    ['parameters: { coherence: 1s, items: [{ name: /a }, { path: /b, coherence: ttl }] }'],
    ['secrets: { coherence: 1s, items: [{ id: a }, { ids: [b], coherence: ttl }] }'],
  ])('is that of the section for all else, also for what it does not list: %s', (text) => {
    const bySection = { mode: 'interval', ms: 1000 };

    expect(coherenceIn(text)).toEqual([bySection, { mode: 'ttl' }, bySection]);
  });

  it('is not that of the variable for tables', () => {
    expect(coherenceIn('parameters: [{ name: /a }]')).toEqual([undefined, undefined]);
  });

  it.each([
    ['parameters:\n  - name: /a\n    coherence: 1s', '3:16', 'parameters[0]'],
    ['secrets:\n  coherence: 1s', '2:14', 'secrets'],
    ['secrets:\n  items:\n    - { id: a, coherence: 1s }', '3:27', 'secrets.items[0]'],
  ])('requires the journal table: %s', (text, place, path) => {
    expect(check(text, {}).problems).toEqual([
      `cache.yaml:${place}: ${path}.coherence is "1s", but CACHE_EXTENSION_JOURNAL_TABLE names no table; set it to the name of the journal table`,
    ]);
    expect(check(text).problems).toEqual([]);
  });

  it('does not require the journal table if it is ttl', () => {
    expect(check('secrets: { coherence: ttl, items: [{ id: a, coherence: ttl }] }', {}).problems).toEqual([]);
  });

  it('is rejected once if it is invalid, with or without a journal', () => {
    const invalid = [expect.stringMatching(/secrets\.coherence is "never"; allowed: ttl, invocation, or/)];

    expect(check('secrets: { coherence: never }', JOURNAL).problems).toEqual(invalid);
    expect(check('secrets: { coherence: never }', {}).problems).toEqual(invalid);
  });

  it('is not a setting of configurations, which are polled', () => {
    const text =
      'appConfig: [{ application: a, environment: b, profile: c, coherence: invocation, pollInterval: 1s }]';

    expect(check(text, {}).problems).toEqual([expect.stringMatching(/appConfig\[0\]\.coherence is unknown/)]);
  });
});
