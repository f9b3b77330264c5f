import { TransientError } from '../../domain/cache/errors.ts';
import type { WireAnswer } from '../../ports/inbound/wire-operations.ts';
import { readBody } from './read-body.ts';

/**
 * The answer of DynamoDB to a read, or in its place what `stale` makes, while DynamoDB is temporarily failing and there is something.
 * Throttling is passed on: to slow down is for the client.
 */
export const staleIfError = async (
  asking: Promise<WireAnswer>,
  stale: () => WireAnswer | Promise<WireAnswer> | undefined,
): Promise<WireAnswer> => {
  try {
    const answer = await asking;
    const replacement = answer.status < 500 ? undefined : stale();
    if (replacement === undefined) return answer;
    // Read to its end, so that its connection can serve again; that it breaks off is one failure with the other.
    await readBody(answer).catch(() => undefined);
    return replacement;
  } catch (error) {
    const replacement = error instanceof TransientError ? stale() : undefined;
    if (replacement === undefined) throw error;
    return replacement;
  }
};
