/**
 * Time, chance, digests, logs and metrics of the machine and of Lambda's log stream.
 *
 * @module
 */
export { EmfMetrics, type EmfMetricsOptions, NoMetrics } from '../../adapters/observability/emf-metrics.ts';
export { JsonLogger, type JsonLoggerOptions } from '../../adapters/observability/json-logger.ts';
export { ShaDigest } from '../../adapters/system/sha-digest.ts';
export { SystemClock } from '../../adapters/system/system-clock.ts';
export { SystemRandom } from '../../adapters/system/system-random.ts';
