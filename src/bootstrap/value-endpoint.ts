import { AwsForwarder } from '../adapters/aws/aws-forwarder.ts';
import { Sigv4CallerRecogniser } from '../adapters/aws/sigv4/sigv4-caller-recogniser.ts';
import type { ValueProtocol } from '../adapters/aws/value-source.ts';
import { ServeJsonOperations } from '../application/aws-json/serve-json-operations.ts';
import type { ValueOperations } from '../domain/named-values/value-operations.ts';
import type { WireOperations } from '../ports/inbound/wire-operations.ts';
import type { Program } from './components.ts';

/** One service at the endpoint for SDKs. */
export interface ValueEndpoint {
  readonly service: Pick<ValueProtocol, 'label' | 'protocol'>;
  /** The groups that a write may change. */
  readonly writtenGroups: readonly string[];
  readonly operations: ValueOperations;
  readonly hasRole: (group: string) => boolean;
}

/** Creates the endpoint for SDKs of one service of values. A file of its own, so that other functions never load it. */
export const createValueEndpoint = (
  program: Program,
  { service: { label, protocol }, writtenGroups, operations, hasRole }: ValueEndpoint,
): WireOperations => {
  const { service } = protocol;
  const credentialCache = program.get('credentialCache');
  const clock = program.get('clock');
  const { account } = program.get('lifecycleEvents');
  const cache = program.get('cache');
  const forwarder = new AwsForwarder({
    service,
    label,
    credentialCache,
    endpoints: program.get('endpointResolver'),
    clock,
    proxy: program.get('settings').proxy,
  });
  // Under SnapStart, operations are forwarded before the snapshot too.
  cache.gate.add(forwarder);
  return new ServeJsonOperations({
    cache,
    operations,
    writtenGroups,
    hasRole,
    // A key id is no secret, and values may be: the whole signature is always verified.
    recogniser: new Sigv4CallerRecogniser(credentialCache, clock, {
      service,
      serviceName: label.name,
      verifies: true,
      account,
    }),
    forwarder,
  });
};
