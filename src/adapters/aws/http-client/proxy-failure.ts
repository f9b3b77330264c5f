/** The proxy did not make a tunnel. The message names the proxy and the target, never credentials. */
export class ProxyFailure extends Error {
  override readonly name = 'ProxyFailure';
}
