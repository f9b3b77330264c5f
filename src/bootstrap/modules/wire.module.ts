import { ContainerModule } from 'inversify';
import { DynamoDbForwarder } from '../../adapters/dynamodb/dynamodb-forwarder.ts';
import { Sigv4CallerRecogniser } from '../../adapters/dynamodb/sigv4-caller-recogniser.ts';
import { memorySweeper } from '../../adapters/system/sweeper.ts';
import { DeferredOperations } from '../deferred.ts';
import { TOKENS } from '../tokens.ts';

/** The endpoint for AWS SDKs: caller recognition, forwarding, and the operations. */
export const wireModule = new ContainerModule(({ bind }) => {
  bind(TOKENS.callerRecogniser).toResolvedValue(
    (credentialCache, clock, { token }, { account }) =>
      new Sigv4CallerRecogniser(credentialCache, clock, { verifies: token !== undefined, account }),
    [TOKENS.credentialCache, TOKENS.clock, TOKENS.settings, TOKENS.lifecycleEvents],
  );
  bind(TOKENS.operationForwarder).toResolvedValue(
    (credentialCache, endpoints, clock, { proxy }) =>
      new DynamoDbForwarder({ credentialCache, endpoints, clock, makeSweep: memorySweeper, proxy }),
    [TOKENS.credentialCache, TOKENS.endpointResolver, TOKENS.clock, TOKENS.settings],
  );
  bind(TOKENS.deferredOperations).toResolvedValue(
    (callerRecogniser, operationForwarder, cache, cacheStore, clock, settings) =>
      new DeferredOperations(async () => {
        // Loaded on demand: only requests of SDKs need it.
        const { createEndpoint } = await import('../endpoint.ts');
        return createEndpoint({ callerRecogniser, operationForwarder, cache, cacheStore, clock, settings });
      }),
    [
      TOKENS.callerRecogniser,
      TOKENS.operationForwarder,
      TOKENS.cache,
      TOKENS.cacheStore,
      TOKENS.clock,
      TOKENS.settings,
    ],
  );
  bind(TOKENS.wireOperations).toResolvedValue((deferred) => deferred, [TOKENS.deferredOperations]);
});
