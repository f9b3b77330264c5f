import { ContainerModule } from 'inversify';
import { DynamoDbForwarder } from '../../adapters/dynamodb/dynamodb-forwarder.ts';
import { Sigv4CallerRecogniser } from '../../adapters/dynamodb/sigv4-caller-recogniser.ts';
import { nurserySweeper } from '../../adapters/system/nursery.ts';
import { AdmitCaller } from '../../application/dynamodb/admit-caller.ts';
import { ForwardOperation } from '../../application/dynamodb/forward-operation.ts';
import { ServeOperations } from '../../application/dynamodb/serve-operations.ts';
import { ConfiguredTables } from '../../domain/dynamodb/configured-tables.ts';
import { TOKENS } from '../tokens.ts';

/** What is done for the SDKs of DynamoDB, and by whom. */
export const wireModule = new ContainerModule(({ bind }) => {
  bind(TOKENS.callerRecogniser).toResolvedValue(
    (keyRing, clock, { token }, { account }) =>
      new Sigv4CallerRecogniser(keyRing, clock, { verifies: token !== undefined, account }),
    [TOKENS.keyRing, TOKENS.clock, TOKENS.settings, TOKENS.lifecycleEvents],
  );
  bind(TOKENS.operationForwarder).toResolvedValue(
    (keyRing, knowledge, clock) => new DynamoDbForwarder(keyRing, knowledge, clock, nurserySweeper),
    [TOKENS.keyRing, TOKENS.awsKnowledge, TOKENS.clock],
  );
  bind(TOKENS.wireOperations).toResolvedValue(
    (recogniser, forwarder, cache, store, clock, { tables, region }) =>
      new AdmitCaller(
        recogniser,
        new ServeOperations({
          cache,
          store,
          clock,
          tables: new ConfiguredTables(tables, region),
          forward: new ForwardOperation(forwarder),
        }),
      ),
    [
      TOKENS.callerRecogniser,
      TOKENS.operationForwarder,
      TOKENS.cache,
      TOKENS.cacheStore,
      TOKENS.clock,
      TOKENS.settings,
    ],
  );
});
