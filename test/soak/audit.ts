import type { Driver } from './driver.ts';
import type { Exchange } from './exchange.ts';
import type { SoakRequest } from './request.ts';
import { LIMITS, type World } from './world.ts';

/** The least that an entry takes beside its body, as measured for the store. */
const COST_OF_KEEPING_BYTES = 800;

const WISH = { header: 'only-if-cached', onlyIfCached: true };
const HEALTH: SoakRequest = {
  method: 'GET',
  target: '/health',
  headers: {},
  expectation: { kind: 'health' },
};

/**
 * Asks memory for everything that it has, which must be no more than it may hold.
 *
 * @returns what is wrong with that
 */
export const auditMemory = async (
  { places, requests }: World,
  driver: Driver,
  take: (exchange: Exchange) => void,
): Promise<readonly string[]> => {
  await driver.pass(0);
  let bytes = 0;
  for (const place of places) {
    const exchange = await driver.send(requests.read(place, WISH));
    take(exchange);
    if (exchange.status === 200)
      bytes += COST_OF_KEEPING_BYTES + Number(exchange.headers.get('content-length'));
  }
  take(await driver.send(HEALTH));
  if (bytes <= LIMITS.maxBytes) return [];
  return [`memory answered with ${bytes} bytes, more than its bound of ${LIMITS.maxBytes}`];
};
