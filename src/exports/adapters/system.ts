/**
 * Clock, random numbers and digests of the machine, and logs and metrics for Lambda's log stream.
 *
 * @module
 */
export { EmfMetrics, type EmfMetricsOptions, NoMetrics } from '../../adapters/observability/emf-metrics.ts';
export { JsonLogger, type JsonLoggerOptions } from '../../adapters/observability/json-logger.ts';
export { ShaDigest, SystemClock, SystemRandom } from '../../adapters/system/system.ts';
