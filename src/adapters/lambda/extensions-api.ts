import type {
  Invocations,
  LifecycleEvent,
  LifecycleEvents,
  StartKind,
} from '../../ports/outbound/lifecycle-events.ts';
import {
  type ApiAnswer,
  type ApiCall,
  type ApiExchange,
  type CallApi,
  ExtensionsApiError,
  parseJsonObject,
  unexpectedAnswerError,
} from './api-call.ts';
import { markStart } from './start-marker.ts';

export interface RegisterOptions {
  /** The value of `AWS_LAMBDA_RUNTIME_API`, `host:port`. */
  readonly runtimeApi: string;
  /** The name of the file in `/opt/extensions` that Lambda started. Lambda waits for a registration under this name. */
  readonly name: string;
  /** Where starts in the same execution environment are recorded; `/tmp` by default. */
  readonly temporaryFolder?: string | undefined;
  /** Makes all calls. It must not have a time-out. Default: `node:http`, loaded at the first call. */
  readonly call?: CallApi;
}

/** A registration in progress. */
export interface Registration {
  /** Resolves when the request was sent, so that other work no longer delays it. Never rejects. */
  readonly sent: Promise<void>;
  /** Rejects with an `ExtensionsApiError`. An early rejection does not count as unhandled. */
  readonly registered: Promise<ExtensionSession>;
}

/**
 * Registers with Lambda for INVOKE and SHUTDOWN, or for SHUTDOWN only if Lambda rejects INVOKE.
 * Lambda starts the function's runtime after the registration.
 */
export function registerExtension(options: RegisterOptions): Registration {
  const { sent, answer } = register(options, ['INVOKE', 'SHUTDOWN']);
  const registered = answer.then(
    (response) => openSession(options, response, true),
    async (error: unknown) => {
      // Managed Instances do not support INVOKE events for extensions.
      if (!(error instanceof ExtensionsApiError && error.errorType === 'Extension.InvalidEventType'))
        throw error;
      return openSession(options, await register(options, ['SHUTDOWN']).answer, false);
    },
  );
  // It may reject while the caller is still loading modules; that must not count as unhandled.
  registered.catch(() => undefined);
  return { sent, registered };
}

function register(
  { runtimeApi, name, call = callLazily }: RegisterOptions,
  events: readonly string[],
): ApiExchange {
  return call(runtimeApi, {
    method: 'POST',
    path: '/register',
    headers: {
      'Content-Type': 'application/json',
      'Lambda-Extension-Name': name,
      'Lambda-Extension-Accept-Feature': 'accountId',
    },
    body: JSON.stringify({ events }),
  });
}

const callLazily: CallApi = (runtimeApi, call) => {
  const exchange = import('./node-api.ts').then(({ callApi }) => callApi(runtimeApi, call));
  return { sent: exchange.then(({ sent }) => sent), answer: exchange.then(({ answer }) => answer) };
};

function openSession(
  { runtimeApi, temporaryFolder, call = callLazily }: RegisterOptions,
  { headers, body }: ApiAnswer,
  receivesInvoke: boolean,
): ExtensionSession {
  const identifier = headers['lambda-extension-identifier'];
  if (typeof identifier !== 'string' || identifier === '') {
    throw unexpectedAnswerError('POST /register', 'no Lambda-Extension-Identifier header');
  }
  const account = parseJsonObject(body)?.accountId;
  return new ExtensionSession({
    runtimeApi,
    identifier,
    receivesInvoke,
    ...(typeof account === 'string' ? { account } : {}),
    temporaryFolder,
    call,
  });
}

/** The result of a registration. */
interface SessionGrant {
  /** `host:port` of the API. */
  readonly runtimeApi: string;
  readonly identifier: string;
  readonly receivesInvoke: boolean;
  /** The AWS account of the function; absent if Lambda did not send it. */
  readonly account?: string | undefined;
  /** Where starts are recorded; `/tmp` by default. */
  readonly temporaryFolder?: string | undefined;
  /** Makes the calls. It must not have a time-out. */
  readonly call: CallApi;
}

/** A registered extension: the lifecycle of one Lambda execution environment. Methods reject with an `ExtensionsApiError`. */
export class ExtensionSession implements LifecycleEvents {
  /** `unobserved` if Lambda does not send INVOKE events to extensions (Managed Instances). */
  readonly invocations: Invocations;
  readonly account: string | undefined;
  readonly #grant: SessionGrant;

  constructor(grant: SessionGrant) {
    this.invocations = grant.receivesInvoke ? 'notified' : 'unobserved';
    this.account = grant.account;
    this.#grant = grant;
  }

  recordStart(): StartKind {
    return markStart(this.#grant.temporaryFolder);
  }

  /** Waits without a time-out. Lambda rejects a second concurrent call. */
  async next(): Promise<LifecycleEvent> {
    const { body } = await this.#call({
      method: 'GET',
      path: '/event/next',
      headers: { 'Lambda-Extension-Identifier': this.#grant.identifier },
    });
    return readExtensionEvent(body);
  }

  /** Reports `Extension.InvalidSettings` to Lambda and to the function's log. Lambda accepts it only before the first `next`. */
  async reportInitError(error: Error): Promise<void> {
    // Lambda logs only the error type, so the message is written to the log here.
    process.stderr.write(`${error.message}\n`);
    await this.#call({
      method: 'POST',
      path: '/init/error',
      headers: {
        'Content-Type': 'application/json',
        'Lambda-Extension-Identifier': this.#grant.identifier,
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
    return this.#grant.call(this.#grant.runtimeApi, call).answer;
  }
}

function stackFrames(error: Error): string[] {
  const lines = (error.stack ?? '').split('\n').map((line) => line.trim());
  return lines.filter((line) => line.startsWith('at '));
}

/**
 * Parses the body of an answer to `/event/next`. Types and reasons are case-insensitive. An unknown reason is returned in
 * lower case.
 *
 * @throws {ExtensionsApiError} if the body is not an event
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
  throw unexpectedAnswerError('GET /event/next', `a body that is not an event: ${body.slice(0, 200)}`);
}
