import { type IncomingHttpHeaders, request } from 'node:http';
import { collectBody } from '../../domain/cache/body-collector.ts';
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

/** Makes a call. */
export type CallApi = (runtimeApi: string, call: ApiCall) => ApiExchange;

/** Makes a call without a time-out. `runtimeApi` is `host:port`. */
export function callApi(runtimeApi: string, call: ApiCall): ApiExchange {
  const name = `${call.method} ${call.path}`;
  let markSent: () => void = () => undefined;
  const sent = new Promise<void>((resolve) => {
    markSent = resolve;
  });
  const answer = new Promise<ApiAnswer>((resolve, reject) => {
    const fail = (cause: unknown) => reject(noAnswerError(name, runtimeApi, cause));
    try {
      const outgoing = request(`http://${runtimeApi}/2020-01-01/extension${call.path}`, {
        method: call.method,
        headers: call.headers,
        // A kept socket may not survive a freeze, and sockets of the global agent have a time-out.
        agent: false,
      });
      // At `finish` the bytes are queued; one turn of the event loop later they are in the socket.
      outgoing.once('finish', () => setImmediate(markSent));
      outgoing.on('error', fail);
      outgoing.once('response', (incoming) => {
        readApiBody(incoming).then((body) => {
          const status = incoming.statusCode ?? 0;
          if (status >= 200 && status < 300) resolve({ headers: incoming.headers, body });
          else reject(refusedError(name, status, body));
        }, fail);
      });
      outgoing.end(call.body);
    } catch (cause) {
      fail(cause);
    }
  });
  answer.then(markSent, markSent);
  return { sent, answer };
}

/** Far more than any answer of the Extensions API: its events carry no payload. */
const MAX_BODY_BYTES = 1_048_576;

/**
 * Reads the body of an Extensions API answer as text.
 *
 * @throws {RangeError} if it is too long; ending the iteration closes the connection
 */
export async function readApiBody(body: AsyncIterable<Uint8Array>): Promise<string> {
  return new TextDecoder().decode(await collectBody(body, MAX_BODY_BYTES));
}
