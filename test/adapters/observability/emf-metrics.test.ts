import { describe, expect, it } from '@jest/globals';
import { EmfMetrics, NoMetrics } from '../../../src/adapters/observability/emf-metrics.ts';
import type { Counts, Status } from '../../../src/ports/inbound/status-reader.ts';
import { sampleStatus } from '../../support/fakes/fake-status-reader.ts';
import type { MetricsPublisher } from '../../../src/ports/outbound/metrics-publisher.ts';
import { LineCollector } from '../../contracts/logger-line-collector.ts';
import { FakeClock } from '../../support/fakes/fake-clock.ts';

const NO_COUNTS: Counts = {
  hits: 0,
  staleHits: 0,
  misses: 0,
  collapsed: 0,
  failures: 0,
  sourceReads: 0,
  sourceFailures: 0,
};

const statusOf = (counts: Partial<Counts>, store: Partial<Status['store']> = {}): Status => ({
  counts: { ...NO_COUNTS, ...counts },
  store: { entries: 0, bytes: 0, maxBytes: 1000, evictions: 0, ...store },
  preload: [],
});

const create = () => {
  const output = new LineCollector();
  const clock = new FakeClock();
  const publisher = new EmfMetrics({
    output,
    clock,
    functionName: 'shop',
  });
  return { output, clock, publisher };
};

describe('EmfMetrics', () => {
  it('includes the counts of the journal where there is one', () => {
    const { output, publisher } = create();

    publisher.publish(sampleStatus, true);

    expect(output.objects()[0]).toMatchObject({
      JournalChecks: 30,
      FailedJournalChecks: 31,
      Announcements: 32,
      FailedAnnouncements: 33,
      JournalBypasses: 36,
    });
  });

  it('counts forwarded operations in one metric, and names the reasons in a property', () => {
    const { output, publisher } = create();
    const status = statusOf({});

    publisher.publish({ ...status, forwarded: { write: 3 } }, true);
    publisher.publish({ ...status, forwarded: { consistent_read: 2, write: 4 } }, true);

    expect(output.objects()).toEqual([
      expect.objectContaining({ Forwarded: 3, ForwardedByReason: { write: 3 } }),
      expect.objectContaining({ Forwarded: 3, ForwardedByReason: { consistent_read: 2, write: 1 } }),
    ]);
    expect(JSON.stringify(output.objects()[1]).match(/"Name":"Forwarded/g)).toHaveLength(1);
  });

  it('writes one line in the embedded metric format', () => {
    const { output, publisher } = create();
    const counts = {
      hits: 1,
      staleHits: 2,
      misses: 3,
      collapsed: 4,
      failures: 5,
      sourceReads: 6,
      sourceFailures: 7,
    };
    publisher.publish(statusOf(counts, { entries: 8, bytes: 9, evictions: 10 }), false);

    const count = (Name: string) => ({ Name, Unit: 'Count' });
    expect(output.text.endsWith('}\n')).toBe(true);
    expect(output.objects()).toEqual([
      {
        _aws: {
          Timestamp: FakeClock.START,
          CloudWatchMetrics: [
            {
              Namespace: 'DynamoDbCacheExtension',
              Dimensions: [['FunctionName']],
              Metrics: [
                ...['Hits', 'StaleHits', 'Misses', 'Collapsed', 'Failures', 'SourceReads'].map(count),
                ...['SourceFailures', 'Evictions', 'Entries'].map(count),
                { Name: 'Bytes', Unit: 'Bytes' },
              ],
            },
          ],
        },
        FunctionName: 'shop',
        Hits: 1,
        StaleHits: 2,
        Misses: 3,
        Collapsed: 4,
        Failures: 5,
        SourceReads: 6,
        SourceFailures: 7,
        Entries: 8,
        Bytes: 9,
        Evictions: 10,
      },
    ]);
  });

  it('writes at most one line a minute, however the wall clock steps', async () => {
    const { output, clock, publisher } = create();
    publisher.publish(statusOf({ hits: 1 }), false);
    clock.setWall(FakeClock.START + 3_600_000);
    await clock.advance(59_999);
    publisher.publish(statusOf({ hits: 2 }), false);
    const early = output.objects().length;
    await clock.advance(1);
    publisher.publish(statusOf({ hits: 3 }), false);

    expect(early).toBe(1);
    expect(output.objects()).toHaveLength(2);
  });

  it('reports the increase since the previous line and the current contents of the store', async () => {
    const { output, clock, publisher } = create();
    publisher.publish(statusOf({ hits: 10, misses: 1 }, { entries: 5, evictions: 2 }), false);
    publisher.publish(statusOf({ hits: 11, misses: 1 }, { entries: 6, evictions: 3 }), false);
    await clock.advance(60_000);
    publisher.publish(statusOf({ hits: 15, misses: 1 }, { entries: 4, evictions: 3 }), false);

    expect(output.objects()[1]).toMatchObject({ Hits: 5, Misses: 0, Evictions: 1, Entries: 4 });
  });

  it('writes at its last chance without waiting for the minute', () => {
    const { output, publisher } = create();
    publisher.publish(statusOf({ hits: 10 }), false);
    publisher.publish(statusOf({ hits: 12 }), true);

    expect(output.objects().map((line) => line.Hits)).toEqual([10, 2]);
  });
});

describe('NoMetrics', () => {
  it('accepts a status at any time', () => {
    const publisher: MetricsPublisher = new NoMetrics();

    expect(publisher.publish(statusOf({ hits: 1 }), true)).toBeUndefined();
  });
});
