/** Returns the quantile `part` (0 to 1) of a list. */
export const quantile = (list, part) => {
  const sorted = [...list].sort((one, other) => one - other);
  const place = part * (sorted.length - 1);
  const below = sorted[Math.floor(place)];
  return below + (sorted[Math.ceil(place)] - below) * (place - Math.floor(place));
};

/**
 * Summarizes the samples of a suite: the median and both quartiles for each case, contender and metric.
 *
 * @returns {{ case: string, contender: string, values: Record<string, { median: number, low: number, high: number }> }[]}
 */
export const summaryOf = (samples) => {
  const rows = new Map();
  for (const { case: title, contender, values } of samples) {
    const name = JSON.stringify([title, contender]);
    if (!rows.has(name)) rows.set(name, { case: title, contender, lists: {} });
    const { lists } = rows.get(name);
    for (const [metric, value] of Object.entries(values)) {
      lists[metric] ??= [];
      lists[metric].push(value);
    }
  }
  return [...rows.values()].map(({ lists, ...row }) => ({
    ...row,
    values: Object.fromEntries(Object.entries(lists).map(([metric, list]) => [metric, spreadOf(list)])),
  }));
};

const spreadOf = (list) => ({
  median: quantile(list, 0.5),
  low: quantile(list, 0.25),
  high: quantile(list, 0.75),
});
