import { ContainerModule } from 'inversify';
import type { Settings } from '../../adapters/config/settings.ts';
import { createCache } from '../../application/create-cache.ts';
import { invocationsOf, RunExtension } from '../../application/lifecycle/run-extension.ts';
import { type CacheGroup, TtlPolicy } from '../../domain/cache/ttl-policy.ts';
import { PLAIN, TYPED } from '../../domain/dynamodb/json/dynamodb-json.ts';
import { TOKENS } from '../tokens.ts';

/** The use cases over the ports. */
export const applicationModule = new ContainerModule(({ bind }) => {
  bind(TOKENS.cache).toResolvedValue(
    (settings, source, store, clock, random, digest, logger, lifecycleEvents) => {
      const isNotified = invocationsOf(lifecycleEvents) === 'notified';
      return createCache(
        { groups: cacheGroups(settings), source, store, clock, random, digest, logger },
        {
          ...settings,
          awaitsInvocation: settings.isSnapshotted && isNotified,
          refreshesAtOnce: !isNotified,
        },
      );
    },
    [
      TOKENS.settings,
      TOKENS.itemSource,
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
      new RunExtension(cache, events, server, metrics, clock, logger),
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

/** Converts the configured tables to the groups of the cache. */
export const cacheGroups = ({ tables, keepsTypedForm }: Settings): readonly CacheGroup[] =>
  tables.map(({ name, lifetimes, preload }) => ({
    name,
    policy: new TtlPolicy(lifetimes),
    contentTypes: keepsTypedForm ? [PLAIN, TYPED] : [PLAIN],
    preload,
  }));
