import { alarmMetric, type MetricId } from './monitoring-metrics.ts';

interface AlarmSpec {
  readonly name: string;
  readonly description: string;
  readonly expression: string;
  readonly uses: readonly MetricId[];
  /** The alarm is raised above it, or below it. */
  readonly threshold: number;
  readonly isRaisedBelow?: boolean;
  readonly periodSeconds: number;
  /** How many of the last periods must be beyond it. */
  readonly periods: { readonly beyond: number; readonly of: number };
}

const ALL_REQUESTS: readonly MetricId[] = ['hits', 'stale', 'misses', 'failures'];
const MINUTES = { periodSeconds: 60, periods: { beyond: 3, of: 5 } };
const QUARTER_HOUR = { periodSeconds: 300, periods: { beyond: 3, of: 3 } };

/** Fewer requests or invocations in a period say nothing about the cache. */
const ENOUGH = 100;

// Without the endpoint for SDKs, this metric does not exist.
const FORWARDED = 'FILL(forwarded, 0)';
const REQUESTS = `(hits + stale + misses + ${FORWARDED})`;

const hitRatio = (minHitPercent: number): AlarmSpec => ({
  name: 'FewHits',
  description: 'The cache answers too small a part of the requests, or forwards most of them.',
  expression: `IF(${REQUESTS} >= ${ENOUGH}, 100 * (hits + stale) / ${REQUESTS}, 100)`,
  uses: ['hits', 'stale', 'misses', 'forwarded'],
  threshold: minHitPercent,
  isRaisedBelow: true,
  ...QUARTER_HOUR,
});

// Without the layer, or without CACHE_EXTENSION_METRICS=emf, none of the metrics of the cache has a value.
const ANY_REQUESTS = ['hits', 'stale', 'misses', 'failures', 'forwarded']
  .map((id) => `FILL(${id}, 0)`)
  .join(' + ');

const ALARMS: readonly AlarmSpec[] = [
  {
    name: 'Failures',
    description: 'More than 1 % of the requests to the cache fail.',
    expression: '100 * failures / (hits + stale + misses + failures)',
    uses: ALL_REQUESTS,
    threshold: 1,
    ...MINUTES,
  },
  {
    name: 'SourceFailures',
    description: 'More than 5 % of the calls of the cache to AWS fail.',
    expression: '100 * readFailures / reads',
    uses: ['reads', 'readFailures'],
    threshold: 5,
    ...MINUTES,
  },
  {
    name: 'StaleHits',
    description: 'More than 20 % of the answers of the cache are stale.',
    expression: '100 * stale / (hits + stale + misses + failures)',
    uses: ALL_REQUESTS,
    threshold: 20,
    ...QUARTER_HOUR,
  },
  {
    name: 'Evictions',
    description: 'The cache evicts more than half as many entries as it misses: its bound is too small.',
    expression: 'evictions / misses',
    uses: ['evictions', 'misses'],
    threshold: 0.5,
    ...QUARTER_HOUR,
  },
  {
    name: 'JournalFailures',
    description: 'The journal of writes cannot be read or written.',
    expression: 'failedChecks + failedAnnouncements',
    uses: ['failedChecks', 'failedAnnouncements'],
    threshold: 0,
    ...MINUTES,
  },
  {
    name: 'Unused',
    description: 'The function is invoked, but reads nothing through the cache.',
    expression: `IF(invocations >= ${ENOUGH}, ${ANY_REQUESTS}, 1)`,
    uses: ['invocations', 'hits', 'stale', 'misses', 'failures', 'forwarded'],
    threshold: 1,
    isRaisedBelow: true,
    ...QUARTER_HOUR,
  },
];

/**
 * The properties of each alarm of a function, by name.
 *
 * @param minHitPercent the share of requests that the cache must answer; 0 for any
 */
export const alarmsOf = (functionName: string, minHitPercent: number) =>
  [...ALARMS, hitRatio(minHitPercent)].map(({ name, description, expression, uses, ...alarm }) => ({
    name,
    properties: {
      alarmDescription: description,
      comparisonOperator: alarm.isRaisedBelow === true ? 'LessThanThreshold' : 'GreaterThanThreshold',
      threshold: alarm.threshold,
      evaluationPeriods: alarm.periods.of,
      datapointsToAlarm: alarm.periods.beyond,
      // A function without invocations writes no metrics.
      treatMissingData: 'notBreaching',
      metrics: [
        { id: 'watched', expression, label: name, returnData: true },
        ...uses.map((id) => alarmMetric(functionName, id, alarm.periodSeconds)),
      ],
    },
  }));
