import { ContainerModule } from 'inversify';
import { AwsForwarder } from '../../adapters/aws/forwarding/aws-forwarder.ts';
import { Sigv4CallerRecogniser } from '../../adapters/aws/sigv4/sigv4-caller-recogniser.ts';
import { DYNAMODB } from '../../adapters/dynamodb/dynamodb-upstream.ts';
import { memorySweeper } from '../../adapters/system/sweeper.ts';
import { DeferredOperations } from '../deferred.ts';
import { TOKENS } from '../tokens.ts';

const SERVICE = 'dynamodb';

/** The endpoint for SDKs of DynamoDB: caller recognition, forwarding, and the operations. */
export const wireModule = new ContainerModule(({ bind }) => {
  bind(TOKENS.callerRecogniser).toResolvedValue(
    (credentialCache, clock, { token }, { account }) =>
      new Sigv4CallerRecogniser(credentialCache, clock, {
        service: SERVICE,
        serviceName: DYNAMODB.name,
        verifies: token !== undefined,
        account,
      }),
    [TOKENS.credentialCache, TOKENS.clock, TOKENS.settings, TOKENS.lifecycleEvents],
  );
  bind(TOKENS.operationForwarder).toResolvedValue(
    (credentialCache, endpoints, clock, { proxy }) =>
      new AwsForwarder({
        service: SERVICE,
        label: DYNAMODB,
        credentialCache,
        endpoints,
        clock,
        makeSweep: memorySweeper,
        proxy,
      }),
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
