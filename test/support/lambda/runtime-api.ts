import { ACCEPTED, type Api, type ApiReply, type ApiRequest, header } from './api-server.ts';
import { CREDENTIALS_PATH, CREDENTIALS_TOKEN } from './environment.ts';
import type { Journal } from './journal.ts';
import type { Runtime } from './runtime.ts';

/** What the Runtime API needs of the sandbox that it speaks for at the moment. */
export interface RuntimeHost {
  readonly runtime: Runtime;
  /** The runtime called next. */
  runtimeReady(): void;
  changed(): void;
  blame(errorType: 'Runtime.InitError', message: string): void;
}

/** `/2018-06-01/runtime`, by the rules of the Lambda service. */
export function runtimeApi(host: () => RuntimeHost, journal: Journal): Api {
  return (request) => {
    const route = `${request.method} ${request.path}`;
    if (route === 'GET /2018-06-01/runtime/invocation/next') return next(host());
    if (route === 'POST /2018-06-01/runtime/init/error') return initError(host(), request);
    const answered = /^POST \/2018-06-01\/runtime\/invocation\/([^/]+)\/(response|error)$/.exec(route);
    if (answered?.[1] && answered[2]) {
      return answer(host(), journal, answered[1], request.body, answered[2] === 'error');
    }
    return undefined;
  };
}

/** Where processes get their credentials under SnapStart. */
export function credentialsApi(journal: Journal): Api {
  return (request) => {
    if (`${request.method} ${request.path}` !== `GET ${CREDENTIALS_PATH}`) return undefined;
    return giveCredentials(journal, header(request, 'Authorization') === CREDENTIALS_TOKEN);
  };
}

async function giveCredentials(journal: Journal, isEntitled: boolean): Promise<ApiReply> {
  if (!isEntitled) return { status: 404, body: 'cannot get credentials for the provided token' };
  journal.record('credentials');
  return {
    status: 200,
    body: JSON.stringify({
      AccessKeyId: 'emulated-key-id',
      SecretAccessKey: 'emulated-secret',
      Token: 'emulated-session',
      Expiration: new Date(Date.now() + 3_600_000).toISOString(),
    }),
  };
}

async function next(host: RuntimeHost): Promise<ApiReply> {
  const due = host.runtime.next();
  host.runtimeReady();
  const invocation = await due;
  return {
    status: 200,
    headers: {
      'Lambda-Runtime-Aws-Request-Id': invocation.requestId,
      'Lambda-Runtime-Deadline-Ms': String(invocation.deadlineMs),
      'Lambda-Runtime-Invoked-Function-Arn': invocation.functionArn,
      'Lambda-Runtime-Trace-Id': invocation.traceId,
    },
    body: invocation.payload,
  };
}

async function answer(
  host: RuntimeHost,
  journal: Journal,
  requestId: string,
  body: string,
  failed: boolean,
): Promise<ApiReply> {
  host.runtime.answer(requestId, body, failed);
  journal.record('response', { requestId, failed });
  host.changed();
  return ACCEPTED;
}

async function initError(host: RuntimeHost, request: ApiRequest): Promise<ApiReply> {
  host.blame('Runtime.InitError', request.body);
  return ACCEPTED;
}
