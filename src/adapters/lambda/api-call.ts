import type { IncomingHttpHeaders } from 'node:http';
import { noAnswerError, refusedError } from './extensions-api-error.ts';

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
