import { dashboardMetric, type MetricId } from './monitoring-metrics.ts';

export interface DashboardOptions {
  readonly functionName: string;
  readonly logGroupName: string;
  readonly region: string;
  /** Milliseconds of a read without the cache: a number, or a reference to one. */
  readonly readMilliseconds: number | string;
}

/** Why operations are forwarded, as `ForwardReason` of the extension has it. */
const FORWARD_REASONS = [
  'attributes_not_cached',
  'before_first_invocation',
  'cache_read_failed',
  'capacity_report',
  'complex_projection',
  'consistent_read',
  'content_type',
  'no_query_ttl',
  'not_plain',
  'observe_mode',
  'other_operation',
  'too_large',
  'unknown_table',
  'write',
];

const COLUMNS = 3;
const WIDTH = 24 / COLUMNS;
const HEIGHT = 6;

interface Chart {
  readonly title: string;
  /** Shown as lines. */
  readonly shows: readonly MetricId[];
  /** Shown in place of the metrics, which then only go into it. */
  readonly formula?: string;
  readonly unit?: string;
}

const chartsOf = (readMilliseconds: number | string): readonly Chart[] => [
  {
    title: 'Hit ratio',
    shows: ['hits', 'stale', 'misses'],
    formula: '100 * (hits + stale) / (hits + stale + misses)',
    unit: '%',
  },
  {
    title: 'Time saved by hits',
    shows: ['hits', 'stale'],
    formula: `(hits + stale) * ${readMilliseconds} / 1000`,
    unit: 's',
  },
  { title: 'Hits, stale hits, misses', shows: ['hits', 'stale', 'misses'] },
  { title: 'Failures', shows: ['failures', 'readFailures'] },
  { title: 'Calls to AWS', shows: ['reads', 'readFailures'] },
  { title: 'Stale answers', shows: ['stale'] },
  { title: 'Largest cache of an environment', shows: ['bytes'] },
  { title: 'Entries and evictions', shows: ['entries', 'evictions'] },
  { title: 'Forwarded operations', shows: ['forwarded'] },
  { title: 'Journal', shows: ['checks', 'announcements', 'bypasses'] },
  { title: 'Failures of the journal', shows: ['failedChecks', 'failedAnnouncements'] },
  { title: 'Second tier', shows: ['tierHits', 'tierMisses', 'tierUnproved', 'tierFailures'] },
];

/** The body of the dashboard of a function. */
export const dashboardOf = ({ functionName, logGroupName, region, readMilliseconds }: DashboardOptions) => {
  const widgets = [
    ...chartsOf(readMilliseconds).map(({ title, shows, formula, unit }) => ({
      type: 'metric',
      properties: {
        title,
        region,
        view: 'timeSeries',
        period: 60,
        metrics: [
          ...(formula === undefined ? [] : [[{ expression: formula, label: title, id: 'shown' }]]),
          ...shows.map((id) =>
            dashboardMetric(functionName, id, formula === undefined ? {} : { visible: false }),
          ),
        ],
        yAxis: { left: { min: 0, ...(unit === undefined ? {} : { label: unit, showUnits: false }) } },
      },
    })),
    {
      type: 'log',
      properties: {
        title: 'Forwarded operations by reason',
        region,
        view: 'timeSeries',
        stacked: true,
        query: [
          `SOURCE '${logGroupName}'`,
          'filter ispresent(Forwarded)',
          `stats ${FORWARD_REASONS.map((reason) => `sum(ForwardedByReason.${reason}) as ${reason}`).join(', ')} by bin(5m)`,
        ].join(' | '),
      },
    },
  ];
  return {
    widgets: widgets.map((widget, index) => ({
      ...widget,
      x: (index % COLUMNS) * WIDTH,
      y: Math.floor(index / COLUMNS) * HEIGHT,
      width: WIDTH,
      height: HEIGHT,
    })),
  };
};
