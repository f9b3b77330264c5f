import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startDynalite } from '../support/dynamodb/dynalite.ts';
import type { DynamoDbServer } from '../support/dynamodb/dynamodb-server.ts';
import { eventually } from '../support/e2e/eventually.ts';
import type { ExtensionUnderTest } from '../support/e2e/extension-under-test.ts';
import { itemPath } from '../support/e2e/item-path.ts';
import { startExtension } from '../support/e2e/start-extension.ts';
import { FaultProxy } from '../support/faults/fault-proxy.ts';
import { FAULTS, type FaultName } from '../support/faults/faults.ts';
import { Load, type Sample } from '../support/faults/load.ts';
import type { ProxiedRequest } from '../support/faults/proxied-request.ts';

/** How long DynamoDB is away each time, at least; `OUTAGE_MS=60000` makes it a minute. */
const OUTAGE_MS = Number(process.env.OUTAGE_MS ?? 0);
/** How long it is away once that is known. */
const KNOWN_OUTAGE_MS = 1_500;
/** How long a read may take, as it is where nothing is set. */
const TIMEOUT_MS = 2_000;
/** After so long everything is as if nothing had been. */
const RECOVERY_MS = 2_000;
/** What a busy machine may add to any time. */
const SLACK_MS = 1_000;
const READERS = 32;

const CACHE_YAML = `
dynamodb:
  - { table: Things, hashKey: id, ttl: 1s, negativeTtl: 1s }
`;
const IDS = Array.from({ length: 1_000 }, (_, index) => `thing-${index}`);
const KNOWN = IDS.map((id) => itemPath('Things', id));
const ABSENT = IDS.map((id) => itemPath('Things', `no-${id}`));
const isKnown = new Set(KNOWN);
/** Ten items and ten absences that are asked for far more often than the others. */
const HOT = [...KNOWN.slice(0, 10), ...ABSENT.slice(0, 10)];
const PATHS = KNOWN.flatMap((path, index) => [path, ABSENT[index] ?? path, HOT[index % HOT.length] ?? path]);

let dynamodb: DynamoDbServer;
let proxy: FaultProxy;
let extension: ExtensionUnderTest;

beforeAll(async () => {
  dynamodb = await startDynalite();
  await dynamodb.createTable({ table: 'Things', hashKey: { name: 'id', type: 'S' } });
  await dynamodb.putAll(
    'Things',
    IDS.map((id) => ({ id: { S: id } })),
  );
  proxy = await FaultProxy.inFrontOf(dynamodb.endpoint);
  extension = await startExtension({
    cacheYaml: CACHE_YAML,
    endpoint: proxy.endpoint,
    env: { CACHE_EXTENSION_INIT_STARTUP: 'true' },
  });
});

afterAll(async () => {
  await extension.close();
  await proxy.close();
  await dynamodb.close();
});

const loadOf = (paths: readonly string[], headers = {}) =>
  new Load({ paths, readers: READERS, get: (path) => extension.get(path, headers) });

/** Resolves when no item and no absence is fresh any more. */
const whenExpired = () =>
  eventually(
    async () => {
      const glances = loadOf([...KNOWN, ...ABSENT], { 'Cache-Control': 'only-if-cached' });
      await glances.runOnce();
      return glances.samples.filter(({ status }) => status !== 504).length;
    },
    (fresh) => fresh === 0,
  );

interface Outage {
  readonly beganAtMs: number;
  readonly endedAtMs: number;
  /** What was answered while it lasted. */
  readonly during: readonly Sample[];
  /** What was asked two seconds after it. */
  readonly after: readonly Sample[];
  /** What was asked of DynamoDB while it lasted. */
  readonly reads: readonly ProxiedRequest[];
}

/** Has DynamoDB go away under load, and come back. */
const suffer = async (fault: FaultName, noticedAfterMs: number): Promise<Outage> => {
  await whenExpired();
  const load = loadOf(PATHS);
  proxy.forget();
  proxy.inject({ fault: FAULTS[fault] });
  const beganAtMs = performance.now();
  const lastsMs = Math.max(OUTAGE_MS, noticedAfterMs + KNOWN_OUTAGE_MS);
  await load.runUntil(() => performance.now() - beganAtMs > lastsMs);
  // The read of an item that is lost in the last moment takes longest to get over.
  const readsBefore = proxy.count();
  await loadOf(KNOWN).runUntil(() => proxy.count() > readsBefore);
  const endedAtMs = performance.now();
  const reads = [...proxy.requests];
  proxy.heal();
  await load.runUntil(() => performance.now() - endedAtMs > RECOVERY_MS);
  const lost = reads.slice(-50).flatMap(({ keys }) => keys.map((key) => itemPath('Things', key)));
  const check = loadOf([...lost, ...PATHS.filter((_, index) => index % 10 === 0)]);
  await check.runOnce();
  const during = load.samples.filter((sample) => sample.endedAtMs < endedAtMs);
  return { beganAtMs, endedAtMs, during, after: check.samples, reads };
};

/** How many there are of each. */
const tally = (names: readonly string[]): Readonly<Record<string, number>> => {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
};
const ofItems = (samples: readonly Sample[]) => samples.filter(({ path }) => isKnown.has(path));
const ofAbsences = (samples: readonly Sample[]) => samples.filter(({ path }) => !isKnown.has(path));
const isStale = ({ status, cacheStatus }: Sample) =>
  status === 200 && cacheStatus.includes('; detail=stale-if-error');
/** Whether the answer speaks of a read that was made for it. */
const hasWaited = ({ status, cacheStatus, begunAtMs, endedAtMs }: Sample) =>
  status === 504 || cacheStatus.includes('; fwd=') || endedAtMs - begunAtMs >= TIMEOUT_MS;

interface Ending {
  readonly fault: FaultName;
  readonly losesContact: boolean;
  /** After so long every reader is spared. */
  readonly noticedAfterMs: number;
}

const ENDINGS: readonly Ending[] = [
  { fault: 'hang', losesContact: true, noticedAfterMs: TIMEOUT_MS + SLACK_MS },
  { fault: 'reset', losesContact: true, noticedAfterMs: SLACK_MS },
  { fault: 'throttle', losesContact: false, noticedAfterMs: SLACK_MS },
  { fault: 500, losesContact: false, noticedAfterMs: SLACK_MS },
];

describe.each(ENDINGS)('while all reads end in: $fault', ({ fault, losesContact, noticedAfterMs }) => {
  let outage: Outage;

  beforeAll(async () => {
    outage = await suffer(fault, noticedAfterMs);
  }, OUTAGE_MS + 30_000);

  it('expired items are answered as they were, and say so', () => {
    const items = ofItems(outage.during);

    expect(items.length).toBeGreaterThan(READERS);
    expect(items.filter((sample) => !isStale(sample))).toEqual([]);
  });

  it('what is not known is 503 or 504, never 404', () => {
    const absences = ofAbsences(outage.during);

    expect(absences.length).toBeGreaterThan(READERS);
    expect(absences.filter(({ status }) => status !== 503 && status !== 504)).toEqual([]);
  });

  if (losesContact) {
    it('once it is noticed nobody waits for DynamoDB', () => {
      const later = outage.during.filter(({ begunAtMs }) => begunAtMs - outage.beganAtMs > noticedAfterMs);

      expect(later.length).toBeGreaterThan(READERS);
      expect(later.filter(hasWaited)).toEqual([]);
    });

    it('DynamoDB is asked at most once a second, but for the first readers', () => {
      const noticedAtMs = outage.beganAtMs + noticedAfterMs;
      const probes = outage.reads.filter(({ arrivedAtMs }) => arrivedAtMs > noticedAtMs);

      expect(probes.length).toBeGreaterThan(0);
      expect(probes.length).toBeLessThanOrEqual((outage.endedAtMs - noticedAtMs) / 1_000 + 1);
      // A connection that has served before is given a second try, on a new one.
      expect(outage.reads.length - probes.length).toBeLessThanOrEqual(2 * READERS + 3);
    });
  } else {
    it('DynamoDB is asked for a stale item at most once a second', () => {
      const keys = outage.reads.flatMap((read) => read.keys).filter((key) => !key.startsWith('no-'));
      const mostOften = Math.max(...Object.values(tally(keys)));

      expect(mostOften).toBeGreaterThan(1);
      expect(mostOften).toBeLessThanOrEqual((outage.endedAtMs - outage.beganAtMs) / 1_000 + 1);
    });
  }

  it('two seconds after it is back everything is fresh', () => {
    expect(ofItems(outage.after).filter((sample) => sample.status !== 200 || isStale(sample))).toEqual([]);
    expect(ofAbsences(outage.after).filter(({ status }) => status !== 404)).toEqual([]);
  });
});

it('the program has outlived all of it', () => {
  expect(extension.lambda.exit).toBeUndefined();
});
