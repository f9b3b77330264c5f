import { ContainerModule } from 'inversify';
import { DeferredSharedEntries } from '../deferred.ts';
import { TOKENS } from '../tokens.ts';

/** The second tier. Its client is loaded only if the settings name a server. */
export const tierModule = new ContainerModule(({ bind }) => {
  bind(TOKENS.sharedEntries).toResolvedValue(
    ({ tier }, clock) =>
      new DeferredSharedEntries(async () => {
        if (tier === undefined)
          throw new Error('a group shares what it reads, and the settings name no tier');
        const { ValkeyEntries } = await import('../../adapters/valkey/valkey-entries.ts');
        return new ValkeyEntries(tier, clock);
      }),
    [TOKENS.settings, TOKENS.clock],
  );
});
