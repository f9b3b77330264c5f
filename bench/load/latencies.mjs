/** Returns the count of latencies (in milliseconds) and their quantiles (in microseconds). */
export const summarise = (latencies) => {
  const sorted = Float64Array.from(latencies).sort();
  const at = (part) => sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] * 1000;
  return { count: sorted.length, p50Us: at(0.5), p90Us: at(0.9), p99Us: at(0.99) };
};
