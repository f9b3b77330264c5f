import { AuthorizeCaller } from '../application/dynamodb/authorize-caller.ts';
import { ForwardOperation } from '../application/dynamodb/forward-operation.ts';
import { ServeOperations } from '../application/dynamodb/serve-operations.ts';
import { ConfiguredTables } from '../domain/dynamodb/model/configured-tables.ts';
import type { WireOperations } from '../ports/inbound/wire-operations.ts';
import type { Components } from './components.ts';

/** The components of the endpoint for SDKs of DynamoDB. */
type EndpointComponents = Pick<
  Components,
  'callerRecogniser' | 'operationForwarder' | 'cache' | 'cacheStore' | 'clock' | 'settings'
>;

/** Creates the endpoint for SDKs of DynamoDB. A file of its own, so that functions that do not use the endpoint never load it. */
export const createDynamoDbEndpoint = ({
  callerRecogniser,
  operationForwarder,
  cache,
  cacheStore: store,
  clock,
  settings,
}: EndpointComponents): WireOperations => {
  const tables = new ConfiguredTables(settings.tables, settings.region);
  // Under SnapStart, operations are forwarded before the snapshot too.
  cache.gate.add(operationForwarder);
  return new AuthorizeCaller(
    callerRecogniser,
    new ServeOperations({
      cache,
      store,
      clock,
      tables,
      forward: new ForwardOperation(operationForwarder),
    }),
    tables,
    clock,
  );
};
