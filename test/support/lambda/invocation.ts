import { randomBytes, randomUUID } from 'node:crypto';

/** What became of an invocation. */
export interface InvokeResult {
  readonly requestId: string;
  /** What the function answered, or `{errorType, errorMessage}` if it failed. */
  readonly payload: unknown;
  /** Whether the function reported an error. */
  readonly failed: boolean;
}

/** One call of the function. */
export interface Invocation {
  readonly requestId: string;
  readonly payload: string;
  /** Wall time in milliseconds. */
  readonly deadlineMs: number;
  readonly functionArn: string;
  readonly traceId: string;
}

export function newInvocation(payload: unknown, deadlineMs: number, functionArn: string): Invocation {
  const hex = (bytes: number) => randomBytes(bytes).toString('hex');
  return {
    requestId: randomUUID(),
    payload: JSON.stringify(payload ?? null),
    deadlineMs,
    functionArn,
    traceId: `Root=1-${hex(4)}-${hex(12)};Parent=${hex(8)};Sampled=0`,
  };
}
