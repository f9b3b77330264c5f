import { describe, expect, it } from '@jest/globals';
import { type CacheEntry, EntryKey } from '../../src/domain/cache/cache-entry.ts';
import { TtlPolicy } from '../../src/domain/cache/ttl-policy.ts';
import { Chance } from '../support/chance.ts';
import { readDocument } from '../support/docs/markdown.ts';

const [, section = ''] = readDocument('docs/when-not.md').split('### The share of hits');
const rows = [...section.matchAll(/^\|(.*)\|$/gm)].map(([, cells = '']) =>
  cells.split('|').map((cell) => Number.parseInt(cell.replace(',', ''), 10)),
);
const environments = (rows[0] ?? []).slice(1);
const cells = rows
  .slice(2)
  .flatMap(([reads = 0, ...shares]) =>
    shares.map((share, column) => ({ reads, environments: environments[column] ?? 0, share })),
  );

const TTL_MS = 60_000;
const READS = 20_000;

/** The percentage of hits of one key, whose reads arrive at random and in random environments, by the rules of the cache. */
const simulatedShare = (readsInTtl: number, environmentCount: number): number => {
  const policy = new TtlPolicy({
    ttlMs: TTL_MS,
    negativeTtlMs: 0,
    staleWhileRevalidateMs: 0,
    staleIfErrorMs: 0,
  });
  const body = { contentType: 'application/json', bytes: new Uint8Array(1), digest: '1' };
  const chance = new Chance(1);
  const caches = new Map<number, CacheEntry>();
  let [now, hits] = [0, 0];
  for (let read = 0; read < READS; read += 1) {
    now -= (Math.log(1 - chance.fraction()) * TTL_MS) / readsInTtl;
    const environment = chance.below(environmentCount);
    if (policy.lookup(caches.get(environment), now).outcome === 'hit') hits += 1;
    else {
      const entry = { key: new EntryKey('Things', 'one'), storedAt: now, readOrder: read };
      caches.set(environment, { ...entry, bodies: [body], jitter: 0, refused: false });
    }
  }
  return (100 * hits) / READS;
};

describe('the share of hits on the page about when not to use it', () => {
  it('is shown for several numbers of reads and environments', () => {
    expect(cells.length).toBeGreaterThanOrEqual(12);
  });

  it.each(cells)(
    'is $share % with $reads reads of a key in a ttl and $environments environments',
    ({ reads, environments: count, share }) => {
      expect(Math.round((100 * reads) / (count + reads))).toBe(share);
      expect(Math.abs(simulatedShare(reads, count) - share)).toBeLessThan(1.5);
    },
  );

  it('is 19 % and 55 % in the example', () => {
    const reads = -Math.log(1 - 0.7);

    expect(section).toContain('the share is 19 %');
    expect(Math.abs(simulatedShare(reads, 5) - 19)).toBeLessThan(1.5);
    expect(section.replace(/\s+/g, ' ')).toContain('and the share 55 %');
    expect(Math.abs(simulatedShare(5 * reads, 5) - 55)).toBeLessThan(1.5);
  });
});
