import { ContainerModule } from 'inversify';
import { createCache } from '../../application/create-cache.ts';
import { invocationsOf, RunExtension } from '../../application/lifecycle/run-extension.ts';
import { TOKENS } from '../tokens.ts';

/** The use cases over the ports. */
export const applicationModule = new ContainerModule(({ bind }) => {
  bind(TOKENS.cache).toResolvedValue(
    (settings, groups, sharedEntries, store, clock, random, digest, logger, lifecycleEvents) => {
      const isNotified = invocationsOf(lifecycleEvents) === 'notified';
      return createCache(
        { groups, sharedEntries, store, clock, random, digest, logger },
        {
          ...settings,
          awaitsInvocation: settings.isSnapshotted && isNotified,
          refreshesAtOnce: !isNotified,
        },
      );
    },
    [
      TOKENS.settings,
      TOKENS.groups,
      TOKENS.sharedEntries,
      TOKENS.cacheStore,
      TOKENS.clock,
      TOKENS.random,
      TOKENS.digest,
      TOKENS.logger,
      TOKENS.lifecycleEvents,
    ],
  );
  bind(TOKENS.runExtension).toResolvedValue(
    (cache, events, server, metrics, clock, logger) =>
      new RunExtension({ cache, events, server, metrics, clock, logger }),
    [
      TOKENS.cache,
      TOKENS.lifecycleEvents,
      TOKENS.server,
      TOKENS.metricsPublisher,
      TOKENS.clock,
      TOKENS.logger,
    ],
  );
});
