import type { LifecycleEvent } from '../../ports/outbound/lifecycle-events.ts';
import { unreadable } from './extensions-api-error.ts';
import { parseJsonObject } from './json-object.ts';

/**
 * Reads the body of an answer to `/event/next`. Types and reasons are taken in any letter case,
 * and reasons that nobody has heard of are passed on, in lower case.
 *
 * @throws {ExtensionsApiError} if it is no event
 */
export function readExtensionEvent(body: string): LifecycleEvent {
  const event = parseJsonObject(body);
  const type = typeof event?.eventType === 'string' ? event.eventType.toLowerCase() : undefined;
  if (type === 'shutdown') {
    const reason = event?.shutdownReason;
    return { type, reason: typeof reason === 'string' ? reason.toLowerCase() : 'unknown' };
  }
  const deadlineMs = event?.deadlineMs;
  if (type === 'invoke' && typeof deadlineMs === 'number') return { type, deadlineMs };
  throw unreadable('GET /event/next', `something that is no event: ${body.slice(0, 200)}`);
}
