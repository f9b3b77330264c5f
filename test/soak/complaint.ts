import type { Exchange } from './exchange.ts';

/** What was asked, what was answered, and what was wrong with it, in one line; at first the places of both in the run. */
export const complaint = (
  { request, sent, received, status, headers }: Exchange,
  faults: readonly string[],
): string => {
  const { method, target } = request;
  const asked = `${sent.order}–${received.order} ${method} ${target} ${JSON.stringify(request.headers)}`;
  const age = headers.has('age') ? `, Age ${headers.get('age')}` : '';
  return `${asked} → ${status} ${headers.get('cache-status') ?? ''}${age}: ${faults.join('; ')}`;
};
