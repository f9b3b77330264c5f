import { VERSION } from '../../../domain/program/version.ts';
import type {
  Observation,
  PreloadProgress,
  Status,
  StatusReader,
} from '../../../ports/inbound/status-reader.ts';
import { methodNotAllowed, problemResponse } from '../problem.ts';
import type { Answer } from './item-routes.ts';

/** Answers 200 with the version of this package and the status as JSON. */
export const healthRoute = (reader: StatusReader): Answer =>
  reading('application/json', () => JSON.stringify({ status: 'ok', version: VERSION, ...reader.status() }));

/** Answers 200 with the status in Prometheus' text format. */
export const metricsRoute = (reader: StatusReader, prefix: string): Answer =>
  reading(PROMETHEUS_CONTENT_TYPE, () => prometheusText(reader.status(), prefix));

const METHODS = 'GET, HEAD';

const reading =
  (contentType: string, write: () => string): Answer =>
  ({ method }) => {
    if (method !== 'GET' && method !== 'HEAD') return problemResponse(methodNotAllowed(METHODS));
    const body = write();
    return new Response(body, {
      headers: {
        'content-type': contentType,
        'content-length': String(Buffer.byteLength(body)),
        'cache-control': 'no-store',
      },
    });
  };

/** The media type of `prometheusText`. */
const PROMETHEUS_CONTENT_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

interface Sample {
  readonly labels?: Readonly<Record<string, string>>;
  readonly value: number;
}

/**
 * Formats the status in Prometheus' text format.
 *
 * @param prefix of every metric name, such as `dynamodb_cache`
 */
export const prometheusText = (status: Status, prefix: string): string => {
  const lines: string[] = [];
  const add = (type: 'gauge' | 'counter', name: string, help: string, samples: readonly Sample[]): void => {
    lines.push(`# HELP ${prefix}_${name} ${help}`, `# TYPE ${prefix}_${name} ${type}`);
    for (const sample of samples) lines.push(`${prefix}_${name}${labelText(sample.labels)} ${sample.value}`);
  };
  const gauge = (name: string, help: string, value: number) => add('gauge', name, help, [{ value }]);
  const counter = (name: string, help: string, value: number) => add('counter', name, help, [{ value }]);
  const { store, counts, preload, observed = [], forwarded = {}, coherence, tier } = status;

  add('gauge', 'build_info', 'Always 1; the label is the version of the extension.', [
    { labels: { version: VERSION }, value: 1 },
  ]);
  gauge('entries', 'Entries in memory.', store.entries);
  gauge('bytes', 'Bytes used by the entries, keys and overhead included.', store.bytes);
  gauge('max_bytes', 'Limit of the bytes used by the entries.', store.maxBytes);
  if (store.maxEntries !== undefined)
    gauge('max_entries', 'Limit of the number of entries.', store.maxEntries);
  counter('evictions_total', 'Entries evicted to make room for others.', store.evictions);
  counter('hits_total', 'Fresh hits.', counts.hits);
  counter('stale_hits_total', 'Stale hits: expired entries that were served.', counts.staleHits);
  counter('misses_total', 'Misses: answers read from the source.', counts.misses);
  counter('collapsed_total', "Misses that shared another request's read.", counts.collapsed);
  counter('failures_total', 'Requests that failed.', counts.failures);
  counter('source_reads_total', 'Calls to the source.', counts.sourceReads);
  counter('source_failures_total', 'Calls to the source that failed.', counts.sourceFailures);
  if (coherence !== undefined) {
    counter('journal_checks_total', 'Reads of the journal of writes.', coherence.checks);
    counter('journal_failed_checks_total', 'Reads of the journal that failed.', coherence.failedChecks);
    counter(
      'journal_check_seconds_total',
      'Seconds that successful reads of the journal took.',
      coherence.checkMs / 1_000,
    );
    counter('journal_announcements_total', 'Writes that were announced.', coherence.announcements);
    counter(
      'journal_failed_announcements_total',
      'Writes that could not be announced.',
      coherence.failedAnnouncements,
    );
    counter('journal_changed_keys_total', 'Changes that the journal named by key.', coherence.changedKeys);
    counter(
      'journal_changed_stripes_total',
      'Stripes that the journal named because its ring did not reach back far enough.',
      coherence.changedStripes,
    );
    counter(
      'journal_bypasses_total',
      'Reads without memory, because the journal could not be read.',
      coherence.bypassedReads,
    );
  }
  if (tier !== undefined) {
    counter('tier_hits_total', 'Entries that the second tier answered.', tier.hits);
    counter('tier_misses_total', 'Entries that the second tier did not have.', tier.misses);
    counter(
      'tier_unproved_total',
      'Entries of the second tier that were not used, because they may have changed.',
      tier.unproved,
    );
    counter('tier_failures_total', 'Calls to the second tier that failed.', tier.failures);
    counter('tier_stored_total', 'Entries that were stored in the second tier.', tier.stored);
  }
  if (preload.length > 0) {
    add('gauge', 'preload_entries', 'Entries stored by the preload.', preload.map(entriesSample));
    add('gauge', 'preload_state', 'State of the preload: 1 for the current state.', preload.map(stateSample));
  }
  if (observed.length > 0) {
    const observations = (name: string, help: string, figure: (of: Observation) => number) =>
      add(
        'counter',
        `observed_${name}_total`,
        help,
        observed.map((of) => ({ labels: { group: of.group }, value: figure(of) })),
      );
    observations('reads', 'Entries read in groups in observe mode.', ({ reads }) => reads);
    observations('hits', 'Reads that would have been hits.', ({ hits }) => hits);
    observations('right', 'Hits that would have been correct.', ({ right }) => right);
    observations(
      'saved_units',
      'Capacity units that the source charged for the hits.',
      ({ savedUnits }) => savedUnits,
    );
  }
  const forwards = Object.entries(forwarded);
  if (forwards.length > 0) {
    add(
      'counter',
      'forwarded_total',
      'Operations forwarded without a cache lookup, by reason.',
      forwards.map(([reason, value]) => ({ labels: { reason }, value })),
    );
  }
  return `${lines.join('\n')}\n`;
};

const entriesSample = ({ group, entries }: PreloadProgress): Sample => ({
  labels: { group },
  value: entries,
});

const stateSample = ({ group, state }: PreloadProgress): Sample => ({ labels: { group, state }, value: 1 });

const labelText = (labels: Readonly<Record<string, string>> = {}): string => {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`);
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
};

const escaped = (value: string): string =>
  value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
