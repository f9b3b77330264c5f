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

/** Makes a call. */
export type CallApi = (runtimeApi: string, call: ApiCall) => ApiExchange;

/** Far more than any answer of the Extensions API: its events carry no payload. */
export const MAX_API_ANSWER_BYTES = 1_048_576;
