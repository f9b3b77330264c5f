import type {
  Observation,
  PreloadProgress,
  Status,
  StatusReader,
} from '../../../ports/inbound/status-reader.ts';
import { methodNotAllowed, problemResponse } from '../problem.ts';
import type { Answer } from './item-routes.ts';

/** Answers 200 with the status as JSON. */
export const healthRoute = (reader: StatusReader): Answer =>
  reading('application/json', () => JSON.stringify({ status: 'ok', ...reader.status() }));

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

/** The media type of what `prometheusText` writes. */
export const PROMETHEUS_CONTENT_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

interface Sample {
  readonly labels?: Readonly<Record<string, string>>;
  readonly value: number;
}

/**
 * The status in Prometheus' text format.
 *
 * @param prefix what every metric's name begins with, such as `dynamodb_cache`
 */
export const prometheusText = (status: Status, prefix: string): string => {
  const lines: string[] = [];
  const add = (type: 'gauge' | 'counter', name: string, help: string, samples: readonly Sample[]): void => {
    lines.push(`# HELP ${prefix}_${name} ${help}`, `# TYPE ${prefix}_${name} ${type}`);
    for (const sample of samples) lines.push(`${prefix}_${name}${labelText(sample.labels)} ${sample.value}`);
  };
  const gauge = (name: string, help: string, value: number) => add('gauge', name, help, [{ value }]);
  const counter = (name: string, help: string, value: number) => add('counter', name, help, [{ value }]);
  const { store, counts, preload, observed = [], forwarded = {} } = status;

  gauge('entries', 'Entries in memory.', store.entries);
  gauge('bytes', 'Bytes that the entries take, keys and upkeep included.', store.bytes);
  gauge('max_bytes', 'Bytes that the entries may take.', store.maxBytes);
  if (store.maxEntries !== undefined) gauge('max_entries', 'Entries that there may be.', store.maxEntries);
  counter('evictions_total', 'Entries that had to go for others.', store.evictions);
  counter('hits_total', 'Answers from memory that were fresh.', counts.hits);
  counter('stale_hits_total', 'Answers from memory that had expired.', counts.staleHits);
  counter('misses_total', 'Answers for which the source was asked.', counts.misses);
  counter('collapsed_total', "Misses that shared another request's read.", counts.collapsed);
  counter('failures_total', 'Requests that ended in a failure.', counts.failures);
  counter('source_reads_total', 'Calls to the source.', counts.sourceReads);
  counter('source_failures_total', 'Calls to the source that failed.', counts.sourceFailures);
  if (preload.length > 0) {
    add('gauge', 'preload_entries', 'Entries that the preload brought in.', preload.map(entriesSample));
    add(
      'gauge',
      'preload_state',
      'How far the preload came: 1 for the state it is in.',
      preload.map(stateSample),
    );
  }
  if (observed.length > 0) {
    const observations = (name: string, help: string, figure: (of: Observation) => number) =>
      add(
        'counter',
        `observed_${name}_total`,
        help,
        observed.map((of) => ({ labels: { group: of.group }, value: figure(of) })),
      );
    observations('reads', 'Entries read of what is only observed.', ({ reads }) => reads);
    observations('hits', 'Of those, what memory would have answered.', ({ hits }) => hits);
    observations('right', 'Of those, what would have been right.', ({ right }) => right);
    observations('saved_units', 'What the source charged for the hits.', ({ savedUnits }) => savedUnits);
  }
  const forwards = Object.entries(forwarded);
  if (forwards.length > 0) {
    add(
      'counter',
      'forwarded_total',
      'Operations forwarded without a look into the cache, by reason.',
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
