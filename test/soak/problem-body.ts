import type { Exchange } from './exchange.ts';

/** What a problem says, and what is wrong with how it says it. */
export interface ProblemBody {
  readonly code: string;
  readonly faults: readonly string[];
}

const STACK = /\n\s+at |node_modules/;

/** Reads an answer that is to be `application/problem+json`. */
export const problemIn = ({ request, status, headers, body }: Exchange): ProblemBody => {
  const faults = headers.get('content-type') === 'application/problem+json' ? [] : ['it is no problem+json'];
  if (request.method === 'HEAD') return { code: 'unknown', faults };
  if (STACK.test(body)) faults.push('its body carries a stack');
  try {
    const problem: unknown = JSON.parse(body);
    const code = typeof problem === 'object' && problem !== null ? Reflect.get(problem, 'code') : undefined;
    const told = typeof problem === 'object' && problem !== null ? Reflect.get(problem, 'status') : undefined;
    if (told !== status) faults.push('its body tells another status');
    return { code: String(code), faults };
  } catch {
    return { code: 'none', faults: [...faults, 'its body is no JSON'] };
  }
};
