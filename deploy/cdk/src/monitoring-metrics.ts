/** The namespace of the metrics that `CACHE_EXTENSION_METRICS=emf` writes. */
const NAMESPACE = 'DynamoDbCacheExtension';

/** Of Lambda itself. */
const LAMBDA_NAMESPACE = 'AWS/Lambda';

/** The metrics that the dashboard and the alarms use, by the id that they have in expressions. */
const METRICS = {
  hits: 'Hits',
  stale: 'StaleHits',
  misses: 'Misses',
  failures: 'Failures',
  reads: 'SourceReads',
  readFailures: 'SourceFailures',
  evictions: 'Evictions',
  entries: 'Entries',
  bytes: 'Bytes',
  forwarded: 'Forwarded',
  checks: 'JournalChecks',
  failedChecks: 'FailedJournalChecks',
  announcements: 'Announcements',
  failedAnnouncements: 'FailedAnnouncements',
  bypasses: 'JournalBypasses',
  tierHits: 'TierHits',
  tierMisses: 'TierMisses',
  tierUnproved: 'TierUnproved',
  tierFailures: 'TierFailures',
  invocations: 'Invocations',
} as const;

export type MetricId = keyof typeof METRICS;

/** Metrics of a level rather than a count: environments are not added up. */
const LEVELS: readonly MetricId[] = ['entries', 'bytes'];

const namespaceOf = (id: MetricId): string => (id === 'invocations' ? LAMBDA_NAMESPACE : NAMESPACE);

const statisticOf = (id: MetricId): string => (LEVELS.includes(id) ? 'Maximum' : 'Sum');

/** A metric of a function in the form of dashboards. */
export const dashboardMetric = (
  functionName: string,
  id: MetricId,
  options: object = {},
): readonly unknown[] => [
  namespaceOf(id),
  METRICS[id],
  'FunctionName',
  functionName,
  { id, stat: statisticOf(id), ...options },
];

/** The same in the form of alarms. */
export const alarmMetric = (functionName: string, id: MetricId, periodSeconds: number) => ({
  id,
  returnData: false,
  metricStat: {
    metric: {
      namespace: namespaceOf(id),
      metricName: METRICS[id],
      dimensions: [{ name: 'FunctionName', value: functionName }],
    },
    period: periodSeconds,
    stat: statisticOf(id),
  },
});
