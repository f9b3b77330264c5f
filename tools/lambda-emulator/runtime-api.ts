import { randomBytes, randomUUID } from 'node:crypto';
import { ACCEPTED, type Api, ApiError, type ApiReply, type ApiRequest, header } from './api-server.ts';
import type { Journal } from './journal.ts';
import { CREDENTIALS, CREDENTIALS_PATH, CREDENTIALS_TOKEN } from './options.ts';

/** The result of an invocation. */
export interface InvokeResult {
  readonly requestId: string;
  /** The answer of the function, or `{errorType, errorMessage}` if it failed. */
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

type RuntimeState = 'Started' | 'Ready' | 'Running' | 'Answered';

/** The function's runtime as Lambda sees it: it takes one invocation after the other and answers each once. */
export class Runtime {
  #state: RuntimeState = 'Started';
  #deliver: ((invocation: Invocation) => void) | undefined;
  #current: Invocation | undefined;
  #result: InvokeResult | undefined;

  get isReady(): boolean {
    return this.#state === 'Ready';
  }

  /** The answer to the latest invocation, if it has come. */
  get result(): InvokeResult | undefined {
    return this.#result;
  }

  /** Resolves with the next invocation, however long that takes. */
  next(): Promise<Invocation> {
    if (this.#state === 'Ready' || this.#state === 'Running') {
      throw new ApiError('InvalidStateTransition', `Transition from ${this.#state} to Ready is not allowed`);
    }
    this.#state = 'Ready';
    return new Promise((resolve) => {
      this.#deliver = resolve;
    });
  }

  /** Delivers an invocation to the pending call of `next`. */
  release(invocation: Invocation): void {
    if (!this.#deliver) throw new Error('the runtime does not wait for an invocation');
    this.#state = 'Running';
    this.#current = invocation;
    this.#result = undefined;
    this.#deliver(invocation);
    this.#deliver = undefined;
  }

  answer(requestId: string, body: string, failed: boolean): void {
    if (this.#state !== 'Running' || requestId !== this.#current?.requestId) {
      throw new ApiError('InvalidRequestID', 'Invalid request ID', 400);
    }
    this.#state = 'Answered';
    this.#result = { requestId, payload: readPayload(body), failed };
  }
}

/** A function may answer something other than JSON. */
function readPayload(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return body;
  }
}

/** The parts of an execution environment that the Runtime API uses. */
export interface RuntimeHost {
  readonly runtime: Runtime;
  /** The runtime called next. */
  runtimeReady(): void;
  changed(): void;
  blame(errorType: 'Runtime.InitError', message: string): void;
}

/** Serves `/2018-06-01/runtime`. */
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

/** Serves the credentials of a SnapStart environment. */
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
      AccessKeyId: CREDENTIALS.AWS_ACCESS_KEY_ID,
      SecretAccessKey: CREDENTIALS.AWS_SECRET_ACCESS_KEY,
      Token: CREDENTIALS.AWS_SESSION_TOKEN,
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
