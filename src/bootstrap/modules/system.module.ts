import process from 'node:process';
import { ContainerModule } from 'inversify';
import { EmfMetrics } from '../../adapters/observability/emf-metrics.ts';
import { JsonLogger } from '../../adapters/observability/json-logger.ts';
import { NoMetrics } from '../../adapters/observability/no-metrics.ts';
import { ShaDigest } from '../../adapters/system/sha-digest.ts';
import { SystemClock } from '../../adapters/system/system-clock.ts';
import { SystemRandom } from '../../adapters/system/system-random.ts';
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
