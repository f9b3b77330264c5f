import { CacheError } from '../../../domain/cache/errors.ts';
import type { BodyAllowance } from '../../../ports/inbound/server.ts';
import { ClientLeftError } from './client-left-error.ts';
import { GatheredBody } from './gathered-body.ts';

/**
 * The body of a request, or undefined if it is longer than it may be.
 *
 * @throws {CacheError} if there is no room for it
 * @throws {ClientLeftError}
 */
export const bodyWithin = async (
  request: Request,
  allowance: BodyAllowance,
): Promise<Uint8Array | undefined> => {
  const length = request.headers.get('content-length');
  const body = new GatheredBody(length === null ? undefined : Number(length), allowance);
  if (!body.begin()) return undefined;
  try {
    for await (const piece of request.body ?? []) if (!body.add(piece)) return undefined;
  } catch (error) {
    if (error instanceof CacheError) throw error;
    throw new ClientLeftError({ cause: error });
  }
  return body.whole();
};
