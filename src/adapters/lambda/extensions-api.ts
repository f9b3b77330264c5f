import type { ApiAnswer, ApiExchange, CallApi } from './api-call.ts';
import { ExtensionSession } from './extension-session.ts';
import { ExtensionsApiError, parseJsonObject, unreadable } from './extensions-api-error.ts';

/** How to register. */
export interface RegisterOptions {
  /** The value of `AWS_LAMBDA_RUNTIME_API`, `host:port`. */
  readonly runtimeApi: string;
  /** The name of the file in `/opt/extensions` that Lambda started; under any other name Lambda waits for that file in vain. */
  readonly name: string;
  /** What makes all calls, without any time-out; default `node:http`, loaded with the first. */
  readonly call?: CallApi;
}

/** A registration on its way. */
export interface Registration {
  /** Resolves once the request has left, when work no longer delays it; never rejects. */
  readonly sent: Promise<void>;
  /** Rejects with an `ExtensionsApiError`. Nobody needs to watch it before `sent` has resolved. */
  readonly registered: Promise<ExtensionSession>;
}

/**
 * Registers with Lambda for INVOKE and SHUTDOWN, or for SHUTDOWN alone where INVOKE is refused.
 * Lambda starts the function's runtime as soon as this has succeeded.
 */
export function registerExtension(options: RegisterOptions): Registration {
  const { sent, answer } = register(options, ['INVOKE', 'SHUTDOWN']);
  const registered = answer.then(
    (given) => openSession(options, given, true),
    async (error: unknown) => {
      // Managed Instances know no INVOKE for extensions.
      if (!(error instanceof ExtensionsApiError && error.errorType === 'Extension.InvalidEventType'))
        throw error;
      return openSession(options, await register(options, ['SHUTDOWN']).answer, false);
    },
  );
  // It may reject while its caller is still busy loading; that must not count as unhandled.
  registered.catch(() => undefined);
  return { sent, registered };
}

function register(
  { runtimeApi, name, call = callLater }: RegisterOptions,
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

const callLater: CallApi = (runtimeApi, call) => {
  const exchange = import('./api-call.ts').then(({ callApi }) => callApi(runtimeApi, call));
  return { sent: exchange.then(({ sent }) => sent), answer: exchange.then(({ answer }) => answer) };
};

function openSession(
  { runtimeApi, call = callLater }: RegisterOptions,
  { headers, body }: ApiAnswer,
  receivesInvoke: boolean,
): ExtensionSession {
  const identifier = headers['lambda-extension-identifier'];
  if (typeof identifier !== 'string' || identifier === '') {
    throw unreadable('POST /register', 'no Lambda-Extension-Identifier header');
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
