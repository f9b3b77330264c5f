import { describe, expect, it } from '@jest/globals';
import { type Coherence, parseCoherence } from '../../src/domain/cache/coherence.ts';
import { type AcknowledgedWrite, type AnsweredItem, ReadJudge } from './read-judge.ts';

const WRITE: AcknowledgedWrite = {
  key: 'k',
  version: 2,
  process: 'writer',
  acknowledgedAtMs: 1_000,
  isAnnounced: true,
};

const READ: AnsweredItem = {
  key: 'k',
  version: 1,
  process: 'reader',
  invokedAtMs: 1_001,
  sentAtMs: 1_002,
  how: 'GET',
};

const judged = (
  mode: Coherence | string,
  read: Partial<AnsweredItem>,
  write: Partial<AcknowledgedWrite> = {},
): ReadJudge => {
  const coherence = typeof mode === 'string' ? parseCoherence(mode) : mode;
  const judge = new ReadJudge({ coherence, maxAgeMs: 60_000 });
  judge.acknowledge({ ...WRITE, version: 1, acknowledgedAtMs: 10 });
  judge.acknowledge({ ...WRITE, ...write });
  judge.judge({ ...READ, ...read });
  return judge;
};

describe('the judge of reads', () => {
  it('accepts the newest version', () => {
    const { violations, reads, olderReads } = judged('invocation', { version: 2 });

    expect({ violations, reads, olderReads }).toEqual({ violations: [], reads: 1, olderReads: 0 });
  });

  it('counts older versions, and how long they had been replaced', () => {
    const { violations, olderReads, oldestMs } = judged('ttl', { sentAtMs: 3_500 });

    expect({ violations, olderReads, oldestMs }).toEqual({ violations: [], olderReads: 1, oldestMs: 2_500 });
  });

  it('counts apart the older versions that an announced one replaces', () => {
    expect(judged('ttl', {}).olderAnnouncedReads).toBe(1);
    expect(judged('ttl', {}, { isAnnounced: false }).olderAnnouncedReads).toBe(0);
  });

  it.each<[string, string, Partial<AnsweredItem>, Partial<AcknowledgedWrite>]>([
    ['acknowledged before the invocation', 'invocation', {}, {}],
    ['acknowledged more than 1000 ms before', '1s', { sentAtMs: 2_001 }, {}],
    ['older than every lifetime', 'ttl', { sentAtMs: 61_001 }, {}],
    ['older than every lifetime', 'invocation', { sentAtMs: 61_001 }, { isAnnounced: false }],
    ['written by the same process', 'ttl', { process: 'writer' }, { isAnnounced: false }],
  ])('refuses a version that is replaced by one %s (%s)', (reason, mode, read, write) => {
    expect(judged(mode, read, write).violations).toEqual([expect.stringContaining(reason)]);
  });

  it.each<[string, string, Partial<AnsweredItem>, Partial<AcknowledgedWrite>]>([
    ['was acknowledged during the invocation', 'invocation', { invokedAtMs: 1_000 }, {}],
    ['was acknowledged a second before', '1s', { sentAtMs: 2_000 }, {}],
    ['was acknowledged after the read', 'invocation', { invokedAtMs: 1_001, sentAtMs: 999 }, {}],
    ['was not announced', 'invocation', {}, { isAnnounced: false }],
    ['was not announced', '1s', { sentAtMs: 3_000 }, { isAnnounced: false }],
    ['was written within the lifetime', 'ttl', { sentAtMs: 61_000 }, {}],
  ])('accepts a version that is replaced by one that %s (%s)', (_, mode, read, write) => {
    expect(judged(mode, read, write).violations).toEqual([]);
  });

  it('names the version that had to be shown, and the writes before it', () => {
    const [message] = judged('invocation', {}).violations;

    expect(message).toBe(
      [
        'reader showed version 1 of k in place of 2: it was acknowledged before the invocation began',
        '  read: GET, invoked at -1.0 ms',
        '  version 1 by writer at -992.0 ms, announced',
        '  version 2 by writer at -2.0 ms, announced',
      ].join('\n'),
    );
  });
});
