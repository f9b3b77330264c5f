import type { ApiAnswer, ApiExchange, CallApi } from './api-call.ts';
import { ExtensionSession } from './extension-session.ts';
import { ExtensionsApiError, parseJsonObject, unexpectedAnswerError } from './extensions-api-error.ts';

export interface RegisterOptions {
  /** The value of `AWS_LAMBDA_RUNTIME_API`, `host:port`. */
  readonly runtimeApi: string;
  /** The name of the file in `/opt/extensions` that Lambda started. Lambda waits for a registration under this name. */
  readonly name: string;
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
  { runtimeApi, call = callLazily }: RegisterOptions,
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
    call,
  });
}
