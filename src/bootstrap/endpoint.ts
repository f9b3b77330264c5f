import { AuthorizeCaller } from '../application/dynamodb/authorize-caller.ts';
import { ForwardOperation } from '../application/dynamodb/forward-operation.ts';
import { ServeOperations } from '../application/dynamodb/serve-operations.ts';
import { ConfiguredTables } from '../domain/dynamodb/model/configured-tables.ts';
import type { WireOperations } from '../ports/inbound/wire-operations.ts';
import type { Components } from './components.ts';

/** What is made into the endpoint for SDKs. */
export type EndpointComponents = Pick<
  Components,
  'callerRecogniser' | 'operationForwarder' | 'cache' | 'cacheStore' | 'clock' | 'settings'
>;

/** Wires the endpoint for SDKs, which few functions use: a file of its own, so that all others do without it. */
export const createEndpoint = ({
  callerRecogniser,
  operationForwarder,
  cache,
  cacheStore: store,
  clock,
  settings: { tables, region },
}: EndpointComponents): WireOperations =>
  new AuthorizeCaller(
    callerRecogniser,
    new ServeOperations({
      cache,
      store,
      clock,
      tables: new ConfiguredTables(tables, region),
      forward: new ForwardOperation(operationForwarder),
    }),
    tables,
    clock,
  );
