import process from 'node:process';
import { ContainerModule } from 'inversify';
import { LruCacheStore } from '../../adapters/memory/lru-cache-store.ts';
import { EmfMetrics, NoMetrics } from '../../adapters/observability/emf-metrics.ts';
import { JsonLogger } from '../../adapters/observability/json-logger.ts';
import { SignalEvents } from '../../adapters/process/signal-events.ts';
import { ShaDigest, SystemClock, SystemRandom } from '../../adapters/system/system.ts';
import { VERSION } from '../../domain/program/version.ts';
import { TOKENS } from '../tokens.ts';

/** Clock, random numbers, digest, logs and metrics. */
export const systemModule = new ContainerModule(({ bind }) => {
  bind(TOKENS.clock).toResolvedValue(() => new SystemClock());
  bind(TOKENS.random).toResolvedValue(() => new SystemRandom());
  bind(TOKENS.digest).toResolvedValue(() => new ShaDigest());
  bind(TOKENS.logger).toResolvedValue(
    (clock, { logLevel }) =>
      new JsonLogger({ output: process.stdout, clock, level: logLevel, version: VERSION }),
    [TOKENS.clock, TOKENS.settings],
  );
  bind(TOKENS.metricsPublisher).toResolvedValue(
    (clock, { metrics, functionName = 'local' }) =>
      metrics === 'emf' ? new EmfMetrics({ output: process.stdout, clock, functionName }) : new NoMetrics(),
    [TOKENS.clock, TOKENS.settings],
  );
});

/** The store of entries. */
export const memoryModule = new ContainerModule(({ bind }) => {
  bind(TOKENS.cacheStore).toResolvedValue(
    ({ maxBytes, maxAbsenceBytes, maxItems }) =>
      new LruCacheStore({ maxBytes, maxAbsenceBytes, maxEntries: maxItems }),
    [TOKENS.settings],
  );
});

/** The default lifecycle, for processes outside Lambda: signals end the process. */
export const lifecycleModule = new ContainerModule(({ bind }) => {
  bind(TOKENS.lifecycleEvents).toResolvedValue(() => new SignalEvents());
});
