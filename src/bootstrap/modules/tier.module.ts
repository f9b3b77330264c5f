import { ContainerModule } from 'inversify';
import { type Program, TOKENS } from '../components.ts';
import { DeferredSharedEntries } from '../deferred.ts';

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

/**
 * The function whose environments share the tier. Undefined if there is no tier, or if account or name are unknown, as outside
 * Lambda: programs with other roles could not be told apart from this one.
 */
export const sharingFunction = (program: Program): readonly [account: string, name: string] | undefined => {
  const { tier, functionName } = program.get('settings');
  const { account } = program.get('lifecycleEvents');
  return tier === undefined || account === undefined || functionName === undefined
    ? undefined
    : [account, functionName];
};
