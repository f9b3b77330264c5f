/** Whether `url` leads to a loopback address with the given port, where the server itself listens. */
export const isOwnAddress = (url: string, port: number): boolean => {
  if (!URL.canParse(url)) return false;
  const { hostname, port: explicitPort, protocol } = new URL(url);
  const givenPort = explicitPort === '' ? DEFAULT_PORTS.get(protocol) : Number(explicitPort);
  return givenPort === port && LOOPBACK.test(hostname);
};

const DEFAULT_PORTS: ReadonlyMap<string, number> = new Map([
  ['http:', 80],
  ['https:', 443],
]);

/** As `URL` writes host names; the unspecified addresses lead to loopback, too. */
const LOOPBACK =
  /^(?:(?:.+\.)?localhost\.?|127\.\d+\.\d+\.\d+|0\.0\.0\.0|\[::1?\]|\[::ffff:7f[0-9a-f]{2}:[0-9a-f]{1,4}\])$/;
