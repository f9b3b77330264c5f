import type { RunResult } from './fleet-run.ts';

/** The figures of a run, each with its name. */
const FIGURES: readonly (readonly [name: string, of: (result: RunResult) => string])[] = [
  ['invocations', ({ figures }) => whole(figures.invocations)],
  ['invocations that timed out', ({ figures }) => whole(figures.timeouts)],
  ['reads', ({ reads }) => whole(reads)],
  ['hit ratio', ({ figures, reads }) => percent(figures.hits, reads)],
  ['reads older than the newest value', ({ olderReads, reads }) => percent(olderReads, reads)],
  [
    'of these, those that an announced write replaced',
    ({ olderAnnouncedReads, reads, mode }) => (mode === 'ttl' ? '–' : percent(olderAnnouncedReads, reads)),
  ],
  [
    'the oldest of them',
    ({ oldestMs, olderReads }) => (olderReads === 0 ? '–' : `${(oldestMs / 1_000).toFixed(2)} s`),
  ],
  ['violations of the promise', ({ violations }) => whole(violations.length)],
  [
    'reads that bypassed memory because of the journal',
    ({ figures, reads }) => percent(figures.bypasses, reads),
  ],
  ['failed reads', ({ figures }) => whole(figures.failedReads)],
  ['acknowledged writes', ({ figures }) => whole(figures.writes)],
  [
    'of these not announced',
    ({ figures, mode }) => (mode === 'ttl' ? '–' : whole(figures.unannouncedWrites)),
  ],
  ['writes of unknown outcome', ({ figures }) => whole(figures.unknownWrites)],
  ['checks per invocation', ({ counts, figures }) => ratio(counts.checks, figures.invocations)],
  ['announcements', ({ counts }) => whole(counts.announcements)],
  [
    'read units per invocation',
    ({ counts, figures }) => ratio(counts.itemReadUnits + counts.journalReadUnits, figures.invocations),
  ],
  ['of these for the journal', ({ counts, figures }) => ratio(counts.journalReadUnits, figures.invocations)],
  [
    'write units per write',
    ({ counts, figures }) => ratio(counts.itemWriteUnits + counts.journalWriteUnits, figures.writes),
  ],
  ['killed processes', ({ figures }) => whole(figures.kills)],
  ['faults of the journal', ({ figures }) => whole(figures.journalFaults)],
];

/** A table in Markdown with one column for each run. */
export const tableOf = (results: readonly RunResult[]): string => {
  const rows = [
    ['', ...results.map(({ mode }) => `\`${mode}\``)],
    ...FIGURES.map(([name, of]) => [name, ...results.map(of)]),
  ];
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  const [head = [], ...body] = rows;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...body.map(line)].join('\n');
};

const whole = (count: number): string => count.toLocaleString('en-US');

const percent = (part: number, all: number): string =>
  all === 0 ? '–' : `${((100 * part) / all).toFixed(2)} %`;

const ratio = (part: number, all: number): string => (all === 0 ? '–' : (part / all).toFixed(2));
