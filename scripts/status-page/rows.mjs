import { totalRatio } from './samples.mjs';

const whole = new Intl.NumberFormat('en');
const mebibytes = (bytes) => `${Number((bytes / 1024 / 1024).toFixed(2))} MiB`;
const percent = (share) => (share === undefined ? '–' : `${share.toFixed(1)} %`);

/** `changedKeys` as `changed keys`. */
const words = (name) => name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
const counted = (counts) =>
  Object.entries(counts).map(([name, count]) => [words(name), whole.format(Math.round(count))]);

const figure = (id, label, text) => ({ id, label, text });

/** What the page shows in words and numbers. Parts that a configuration does not use are left out. */
export const rowsOf = ({ counts, store, preload, observed, forwarded, coherence, tier }, latest) => ({
  figures: [
    figure('requests', 'Requests/s', latest.requests === undefined ? '–' : latest.requests.toFixed(1)),
    figure('hit-ratio', 'Hits in all', percent(totalRatio(counts))),
    figure('hits', 'Hits', whole.format(counts.hits + counts.staleHits)),
    figure('misses', 'Misses', whole.format(counts.misses)),
    figure('source-reads', 'Source reads', whole.format(counts.sourceReads)),
    figure('failures', 'Failures', whole.format(counts.failures)),
    figure('entries', 'Entries', whole.format(store.entries)),
    figure('bytes', `Memory, of ${mebibytes(store.maxBytes)}`, mebibytes(store.bytes)),
  ],
  tables: [
    { title: 'Reads', rows: counted({ ...counts, evictions: store.evictions }) },
    {
      title: 'Preload',
      rows: preload.map(({ group, state, entries, reason = '' }) => [
        group,
        state,
        `${whole.format(entries)} entries`,
        reason,
      ]),
    },
    {
      title: 'Observe mode',
      rows: (observed ?? []).map(({ group, reads, hits, right }) => [
        group,
        `${whole.format(reads)} reads`,
        `${whole.format(hits)} would be hits`,
        `${whole.format(right)} of them right`,
      ]),
    },
    { title: 'Journal of writes', rows: counted(coherence ?? {}) },
    { title: 'Second tier', rows: counted(tier ?? {}) },
    {
      title: 'Forwarded operations',
      rows: Object.entries(forwarded ?? {}).map(([name, count]) => [name, whole.format(count)]),
    },
  ].filter(({ rows }) => rows.length > 0),
});
