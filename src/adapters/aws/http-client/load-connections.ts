import type { Clock } from '../../../ports/outbound/clock.ts';
import type { ProxySettings } from './proxy-tunnel.ts';
import type { UpstreamConnections } from './upstream-connections.ts';

export interface ConnectionParts {
  readonly clock: Clock;
  /** Calls at the same time; the default is that of `UpstreamConnections`. */
  readonly maxConnections?: number;
  /** Absent where DynamoDB is called directly. */
  readonly proxy?: ProxySettings;
}

/** Loads TLS, and the code for tunnels only where there is a proxy. */
export const loadConnections = async ({
  clock,
  maxConnections,
  proxy,
}: ConnectionParts): Promise<UpstreamConnections> => {
  const { UpstreamConnections } = await import('./upstream-connections.ts');
  if (proxy === undefined) return new UpstreamConnections(clock, maxConnections);
  const { ProxyTunnels } = await import('./proxy-tunnel.ts');
  return new UpstreamConnections(clock, maxConnections, new ProxyTunnels(proxy));
};
