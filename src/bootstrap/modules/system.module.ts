import process from 'node:process';
import { ContainerModule } from 'inversify';
import { LruCacheStore } from '../../adapters/memory/lru-cache-store.ts';
import { EmfMetrics, NoMetrics } from '../../adapters/observability/emf-metrics.ts';
import { JsonLogger } from '../../adapters/observability/json-logger.ts';
import { SignalEvents } from '../../adapters/process/signal-events.ts';
import { ShaDigest, SystemClock, SystemRandom } from '../../adapters/system/system.ts';

import { TOKENS } from '../tokens.ts';

const NAMESPACE = 'DynamoDbCacheExtension';

/** Time, chance, and what the program tells its operators. */
export const systemModule = new ContainerModule(({ bind }) => {
  bind(TOKENS.clock).toResolvedValue(() => new SystemClock());
  bind(TOKENS.random).toResolvedValue(() => new SystemRandom());
  bind(TOKENS.digest).toResolvedValue(() => new ShaDigest());
  bind(TOKENS.logger).toResolvedValue(
    (clock, { logLevel }) => new JsonLogger({ output: process.stdout, clock, level: logLevel }),
    [TOKENS.clock, TOKENS.settings],
  );
  bind(TOKENS.metricsPublisher).toResolvedValue(
    (clock, { metrics, functionName = 'local' }) =>
      metrics === 'emf'
        ? new EmfMetrics({ output: process.stdout, clock, namespace: NAMESPACE, functionName })
        : new NoMetrics(),
    [TOKENS.clock, TOKENS.settings],
  );
});

/** Where entries are kept. */
export const memoryModule = new ContainerModule(({ bind }) => {
  bind(TOKENS.cacheStore).toResolvedValue(
    ({ maxBytes, maxAbsenceBytes, maxItems }) =>
      new LruCacheStore({
        maxBytes,
        maxAbsenceBytes,
        ...(maxItems === undefined ? {} : { maxEntries: maxItems }),
      }),
    [TOKENS.settings],
  );
});

/** What the surroundings do where nothing else is given: outside Lambda, signals end the process. */
export const lifecycleModule = new ContainerModule(({ bind }) => {
  bind(TOKENS.lifecycleEvents).toResolvedValue(() => new SignalEvents());
});
