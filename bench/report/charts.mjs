/** The charts in docs/charts: file name, suite, case and metric of each. */
export const CHARTS = [
  {
    name: 'instead',
    suite: 'instead',
    metric: 'p50Us',
    case: 'one item',
    title: 'Time to read one item of 350 B into an object',
    unit: 'µs until it is there, median; less is better',
    labelBy: 'contender',
  },
  {
    name: 'hit-cpu',
    suite: 'hit',
    metric: 'cpuUs',
    case: '350 B, 16 kept connections, busy client',
    title: 'CPU time per hit, 350 B',
    unit: 'µs, median; less is better. F: bare node:http, T: bare TCP, G: bare Go, same bytes from a map',
    labelBy: 'contender',
  },
  {
    name: 'hit-throughput',
    suite: 'hit',
    metric: 'perSecond',
    case: '350 B, 16 kept connections, busy client',
    title: 'Hits per second on one core, 350 B',
    unit: 'at 16 connections, median; more is better',
    labelBy: 'contender',
  },
  {
    name: 'endpoint',
    suite: 'endpoint',
    metric: 'p50Us',
    case: 'hit',
    title: 'GetItem through the SDK, cache hit, 350 B',
    unit: 'µs, median; less is better. F: bare node:http, same bytes from a Map',
    labelBy: 'contender',
  },
  {
    name: 'preload',
    suite: 'preload',
    metric: 'ms',
    case: '100,000 items',
    title: 'Preload of 100,000 items of 350 B',
    unit: 'ms, median, 60 ms a page; less is better',
    labelBy: 'contender',
  },
  {
    name: 'memory',
    suite: 'memory',
    metric: 'growthMb',
    case: '100,000 items',
    title: 'Memory of 100,000 entries of 350 B',
    unit: 'MB over the empty process, median; less is better. Bodies and keys alone are 36 MB',
    labelBy: 'contender',
  },
  {
    name: 'growth',
    suite: 'growth',
    metric: 'p50Us',
    contender: 'node',
    title: 'Hit latency by number of entries',
    unit: 'µs at one connection, median',
    labelBy: 'case',
  },
];

/** Returns the bars of a chart from the summary of its suite. */
export const barsOf = ({ metric, labelBy, ...place }, rows) =>
  rows
    .filter(
      (row) =>
        metric in row.values &&
        (place.case === undefined || row.case === place.case) &&
        (place.contender === undefined || row.contender === place.contender),
    )
    .map((row) => ({ label: row[labelBy], colour: colourOf(row.contender), ...row.values[metric] }));

const colourOf = (contender) => {
  if (contender.includes('standalone')) return 'standalone';
  return contender.includes('node layer') || contender === 'node' ? 'node' : 'other';
};
