import type { Invocations, LifecycleEvent, LifecycleEvents } from '../../ports/outbound/lifecycle-events.ts';
import type { ApiAnswer, ApiCall, CallApi } from './api-call.ts';
import { parseJsonObject, unreadable } from './extensions-api-error.ts';

/** What a registration was granted. */
export interface SessionGrant {
  /** `host:port` of the API. */
  readonly runtimeApi: string;
  readonly identifier: string;
  readonly receivesInvoke: boolean;
  /** Absent where Lambda did not tell. */
  readonly account?: string | undefined;
  /** What makes the calls, without any time-out. */
  readonly call: CallApi;
}

/** A registered extension: the lifecycle of one Lambda execution environment. Failures are `ExtensionsApiError`s. */
export class ExtensionSession implements LifecycleEvents {
  /** `unobserved` where Lambda does not send INVOKE events to extensions. */
  readonly invocations: Invocations;
  readonly account: string | undefined;
  readonly #runtimeApi: string;
  readonly #identifier: string;
  readonly #callApi: CallApi;

  constructor(grant: SessionGrant) {
    this.invocations = grant.receivesInvoke ? 'notified' : 'unobserved';
    this.account = grant.account;
    this.#runtimeApi = grant.runtimeApi;
    this.#identifier = grant.identifier;
    this.#callApi = grant.call;
  }

  /** Waits without any time-out. Lambda refuses a call while another one waits. */
  async next(): Promise<LifecycleEvent> {
    const { body } = await this.#call({
      method: 'GET',
      path: '/event/next',
      headers: { 'Lambda-Extension-Identifier': this.#identifier },
    });
    return readExtensionEvent(body);
  }

  /** Reports `Extension.InvalidSettings`, the one reason not to start, to Lambda and to the function's log; legal until `next` is first called. */
  async reportInitError(error: Error): Promise<void> {
    // Lambda keeps the message to itself: its own line in the log names the error type only.
    process.stderr.write(`${error.message}\n`);
    await this.#call({
      method: 'POST',
      path: '/init/error',
      headers: {
        'Content-Type': 'application/json',
        'Lambda-Extension-Identifier': this.#identifier,
        'Lambda-Extension-Function-Error-Type': 'Extension.InvalidSettings',
      },
      body: JSON.stringify({
        errorMessage: error.message,
        errorType: error.name,
        stackTrace: stackFrames(error),
      }),
    });
  }

  #call(call: ApiCall): Promise<ApiAnswer> {
    return this.#callApi(this.#runtimeApi, call).answer;
  }
}

function stackFrames(error: Error): string[] {
  const lines = (error.stack ?? '').split('\n').map((line) => line.trim());
  return lines.filter((line) => line.startsWith('at '));
}

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
