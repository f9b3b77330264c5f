import { alarmMetric, type MetricId } from './monitoring-metrics.ts';

interface AlarmSpec {
  readonly name: string;
  readonly description: string;
  readonly expression: string;
  readonly uses: readonly MetricId[];
  /** The alarm is raised above it. */
  readonly threshold: number;
  readonly periodSeconds: number;
  /** How many of the last periods must be above it. */
  readonly periods: { readonly above: number; readonly of: number };
}

const ALL_REQUESTS: readonly MetricId[] = ['hits', 'stale', 'misses', 'failures'];
const MINUTES = { periodSeconds: 60, periods: { above: 3, of: 5 } };
const QUARTER_HOUR = { periodSeconds: 300, periods: { above: 3, of: 3 } };

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
];

/** The properties of each alarm of a function, by name. */
export const alarmsOf = (functionName: string) =>
  ALARMS.map(({ name, description, expression, uses, threshold, periodSeconds, periods }) => ({
    name,
    properties: {
      alarmDescription: description,
      comparisonOperator: 'GreaterThanThreshold',
      threshold,
      evaluationPeriods: periods.of,
      datapointsToAlarm: periods.above,
      // A function without invocations writes no metrics.
      treatMissingData: 'notBreaching',
      metrics: [
        { id: 'watched', expression, label: name, returnData: true },
        ...uses.map((id) => alarmMetric(functionName, id, periodSeconds)),
      ],
    },
  }));
