import type { WireRouteOptions } from '../../adapters/http/dynamodb-endpoint/wire-route.ts';
import { AWS_JSON } from '../../domain/named-values/content-types.ts';
import type { Program } from '../components.ts';
import { DeferredOperations } from '../deferred.ts';
import type { ValueEndpoint } from '../value-endpoint.ts';

/** The endpoint for SDKs of a service of values. What it needs is loaded with the first request. */
export const valueRoute = (program: Program, endpoint: ValueEndpoint): WireRouteOptions => {
  const { service, messageMember } = endpoint;
  const deferred = new DeferredOperations(async () => {
    const { createValueEndpoint } = await import('../value-endpoint.ts');
    return createValueEndpoint(program, endpoint);
  });
  return {
    targetPrefix: service.protocol.targetPrefix,
    service: { ...service.label, contentType: AWS_JSON, hasNamespaces: false, messageMember },
    operations: () => deferred.load(),
  };
};
