import type { IncomingHttpHeaders } from 'node:http';

/** One call of the Extensions API. `path` is the part after `/2020-01-01/extension`. */
export interface ApiCall {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** A successful answer. */
export interface ApiAnswer {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A call in progress. */
export interface ApiExchange {
  /** Resolves when the request was sent or has failed. Never rejects. */
  readonly sent: Promise<void>;
  /** Rejects with an `ExtensionsApiError` if the call fails or the status is not 2xx. */
  readonly answer: Promise<ApiAnswer>;
}

/** Makes a call. `runtimeApi` is `host:port`. */
export type CallApi = (runtimeApi: string, call: ApiCall) => ApiExchange;

/** An answer of any status. */
export interface ApiResponse {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Uint8Array;
}

/**
 * Sends a request on a connection of its own, without a time-out. Calls `markSent` when it was sent. Rejects with any error
 * if there is no complete answer, or one with a body of more than `MAX_API_ANSWER_BYTES`.
 */
export type SendCall = (runtimeApi: string, call: ApiCall, markSent: () => void) => Promise<ApiResponse>;

/** Far more than any answer of the Extensions API: its events carry no payload. */
export const MAX_API_ANSWER_BYTES = 1_048_576;

/** Makes calls with `send`. */
export const callWith =
  (send: SendCall): CallApi =>
  (runtimeApi, call) => {
    let markSent: () => void = () => undefined;
    const sent = new Promise<void>((resolve) => {
      markSent = resolve;
    });
    const answer = answerTo(send, runtimeApi, call, markSent);
    answer.then(markSent, markSent);
    return { sent, answer };
  };

const answerTo = async (
  send: SendCall,
  runtimeApi: string,
  call: ApiCall,
  markSent: () => void,
): Promise<ApiAnswer> => {
  const name = `${call.method} ${call.path}`;
  const { status, headers, body } = await send(runtimeApi, call, markSent).catch((cause: unknown) => {
    throw noAnswerError(name, runtimeApi, cause);
  });
  const text = new TextDecoder().decode(body);
  if (status < 200 || status >= 300) throw refusedError(name, status, text);
  return { headers, body: text };
};

interface ExtensionsApiErrorOptions extends ErrorOptions {
  readonly status?: number;
  readonly errorType?: string;
}

/** The Lambda Extensions API was unreachable, rejected a call, or sent an invalid answer. The message says what to do. */
export class ExtensionsApiError extends Error {
  override readonly name = 'ExtensionsApiError';
  readonly code = 'extensions_api_failed';
  /** HTTP status of the answer; absent if there was no answer. */
  readonly status: number | undefined;
  /** Lambda's error type, such as `Extension.InvalidExtensionState`. */
  readonly errorType: string | undefined;

  constructor(message: string, options: ExtensionsApiErrorOptions = {}) {
    super(message, options);
    this.status = options.status;
    this.errorType = options.errorType;
  }
}

/** The error for a call that got no answer. */
function noAnswerError(call: string, runtimeApi: string, cause: unknown): ExtensionsApiError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new ExtensionsApiError(
    `No answer from the Lambda Extensions API at "${runtimeApi}" to ${call}: ${why}. ` +
      'Lambda sets AWS_LAMBDA_RUNTIME_API to its address; unset it to run outside Lambda.',
    { cause },
  );
}

/** The error for an answer whose status is not a success. */
function refusedError(call: string, status: number, body: string): ExtensionsApiError {
  const fields = parseJsonObject(body);
  const errorType = typeof fields?.errorType === 'string' ? fields.errorType : undefined;
  const errorMessage = typeof fields?.errorMessage === 'string' ? fields.errorMessage : 'no reason given';
  return new ExtensionsApiError(
    `The Lambda Extensions API answered ${call} with ${errorType ? `${status} ${errorType}` : status}: ` +
      `${errorMessage}. ${adviceFor(status, errorType)}`,
    errorType ? { status, errorType } : { status },
  );
}

/** The error for an answer with a success status and unexpected contents. */
export function unexpectedAnswerError(call: string, contents: string): ExtensionsApiError {
  return new ExtensionsApiError(
    `The Lambda Extensions API answered ${call} with ${contents}. ` +
      'Check that AWS_LAMBDA_RUNTIME_API is the address which Lambda gave to this process.',
    { status: 200 },
  );
}

const NAME_ADVICE = 'Register with the name of the file in /opt/extensions that Lambda started.';
const IDENTITY_ADVICE =
  'This process is not registered with this environment; only a fresh start can register it.';

const ADVICE: Readonly<Record<string, string>> = {
  'Extension.InvalidExtensionName': NAME_ADVICE,
  // Under another name, Lambda treats the extension as internal, and internal extensions may not register for SHUTDOWN.
  'Extension.InvalidEventType': NAME_ADVICE,
  'Extension.RegistrationClosed': NAME_ADVICE,
  'Extension.TooManyExtensions': 'A function may have at most 10 extensions: remove a layer.',
  'Extension.InvalidExtensionState':
    'A process registers once, reports an init error only before it asks for events, and asks for one event at a time.',
  'Extension.MissingExtensionIdentifier': IDENTITY_ADVICE,
  'Extension.InvalidExtensionIdentifier': IDENTITY_ADVICE,
  'Extension.UnknownExtensionIdentifier': IDENTITY_ADVICE,
};

function adviceFor(status: number, errorType: string | undefined): string {
  if (status === 500) return 'The execution environment cannot recover, and will be replaced.';
  const advice = errorType === undefined ? undefined : ADVICE[errorType];
  return advice ?? 'See https://docs.aws.amazon.com/lambda/latest/dg/runtimes-extensions-api.html.';
}

/** Parses a JSON object; returns undefined if `text` is anything else. */
export function parseJsonObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
