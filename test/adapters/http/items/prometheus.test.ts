import { describe, expect, it } from '@jest/globals';
import { prometheusText } from '../../../../src/adapters/http/items/status-routes.ts';
import { readDocument } from '../../../support/docs/markdown.ts';
import { sampleStatus } from '../../../support/fakes/fake-status-reader.ts';

const { version } = JSON.parse(readDocument('package.json'));
const samplesIn = (text: string) => text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));

describe('prometheusText', () => {
  it('contains each figure once', () => {
    expect(samplesIn(prometheusText(sampleStatus, 'c'))).toEqual([
      `c_build_info{version="${version}"} 1`,
      'c_entries 2',
      'c_bytes 345',
      'c_max_bytes 67108864',
      'c_max_entries 1000',
      'c_evictions_total 3',
      'c_hits_total 40',
      'c_stale_hits_total 5',
      'c_misses_total 6',
      'c_collapsed_total 7',
      'c_failures_total 8',
      'c_source_reads_total 9',
      'c_source_failures_total 10',
      'c_journal_checks_total 30',
      'c_journal_failed_checks_total 31',
      'c_journal_check_seconds_total 4.5',
      'c_journal_announcements_total 32',
      'c_journal_failed_announcements_total 33',
      'c_journal_changed_keys_total 34',
      'c_journal_changed_stripes_total 35',
      'c_journal_bypasses_total 36',
      'c_tier_hits_total 40',
      'c_tier_misses_total 41',
      'c_tier_unproved_total 42',
      'c_tier_failures_total 43',
      'c_tier_stored_total 44',
      'c_preload_entries{group="Products"} 2',
      'c_preload_entries{group="Prices"} 11',
      'c_preload_state{group="Products",state="complete"} 1',
      'c_preload_state{group="Prices",state="partial"} 1',
      'c_observed_reads_total{group="Orders"} 50',
      'c_observed_hits_total{group="Orders"} 20',
      'c_observed_right_total{group="Orders"} 19',
      'c_observed_saved_units_total{group="Orders"} 10.5',
      'c_forwarded_total{reason="consistent_read"} 12',
      'c_forwarded_total{reason="write"} 13',
    ]);
  });

  it('writes HELP and TYPE of each metric before its samples', () => {
    const lines = prometheusText(sampleStatus, 'c').trimEnd().split('\n');
    const declared = new Set<string>();
    for (const [index, line] of lines.entries()) {
      const name = line.match(/^# HELP (\S+) \S/)?.[1];
      if (name !== undefined) {
        expect(lines[index + 1]).toMatch(new RegExp(`^# TYPE ${name} (gauge|counter)$`));
        declared.add(name);
      } else if (!line.startsWith('#')) {
        expect(declared).toContain(line.match(/^\w+/)?.[0]);
      }
    }
  });

  it('ends with a line feed', () => {
    expect(prometheusText(sampleStatus, 'c')).toMatch(/\d\n$/);
  });

  it('escapes special characters in labels', () => {
    const preload = [{ group: 'a"b\\c\nd', state: 'failed', entries: 0 }] as const;
    expect(prometheusText({ ...sampleStatus, preload }, 'c')).toContain(
      'c_preload_entries{group="a\\"b\\\\c\\nd"} 0\n',
    );
  });

  it('omits metrics without a figure', () => {
    const { observed, forwarded, ...status } = sampleStatus;
    const text = prometheusText(
      { ...status, store: { entries: 0, bytes: 0, maxBytes: 1, evictions: 0 }, preload: [] },
      'c',
    );
    expect(text).not.toContain('max_entries');
    expect(observed).toHaveLength(1);
    expect(forwarded).toHaveProperty('write');
    expect(text).not.toContain('preload');
    expect(text).not.toContain('observed');
    expect(text).not.toContain('forwarded');
  });
});
