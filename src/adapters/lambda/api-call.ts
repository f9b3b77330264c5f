import { type IncomingHttpHeaders, request } from 'node:http';
import { BodyCollector } from '../../domain/cache/body-collector.ts';
import { noAnswer, refused } from './extensions-api-error.ts';

/** One call of the Extensions API; `path` is what follows `/2020-01-01/extension`. */
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

/** A call on its way. */
export interface ApiExchange {
  /** Resolves once the request has left, or will never leave; never rejects. */
  readonly sent: Promise<void>;
  /** Rejects with an `ExtensionsApiError` unless the status is a success. */
  readonly answer: Promise<ApiAnswer>;
}

/** Makes calls. */
export type CallApi = (runtimeApi: string, call: ApiCall) => ApiExchange;

/** Makes a call and waits for its answer, for as long as it takes. */
export function callApi(runtimeApi: string, call: ApiCall): ApiExchange {
  const name = `${call.method} ${call.path}`;
  let left: () => void = () => undefined;
  const sent = new Promise<void>((resolve) => {
    left = resolve;
  });
  const answer = new Promise<ApiAnswer>((resolve, reject) => {
    const lost = (cause: unknown) => reject(noAnswer(name, runtimeApi, cause));
    try {
      const outgoing = request(`http://${runtimeApi}/2020-01-01/extension${call.path}`, {
        method: call.method,
        headers: call.headers,
        // A socket kept from an earlier call may not survive a freeze, and the global agent's have a time-out.
        agent: false,
      });
      // `finish` comes when the bytes are handed over; one turn of the event loop later they are in the socket.
      outgoing.once('finish', () => setImmediate(left));
      outgoing.on('error', lost);
      outgoing.once('response', (incoming) => {
        readApiBody(incoming).then((body) => {
          const status = incoming.statusCode ?? 0;
          if (status >= 200 && status < 300) resolve({ headers: incoming.headers, body });
          else reject(refused(name, status, body));
        }, lost);
      });
      outgoing.end(call.body);
    } catch (cause) {
      lost(cause);
    }
  });
  answer.then(left, left);
  return { sent, answer };
}

/** Many times the size of any answer of the Extensions API: an event carries no payload. */
const MAX_BODY_BYTES = 1_048_576;

/**
 * Reads the text of an answer of the Extensions API.
 *
 * @throws {RangeError} if it is too long; leaving the iteration closes the connection
 */
export async function readApiBody(body: AsyncIterable<Uint8Array>): Promise<string> {
  const collected = new BodyCollector(MAX_BODY_BYTES);
  for await (const piece of body) {
    if (!collected.add(piece)) throw new RangeError(`the body is longer than ${MAX_BODY_BYTES} bytes`);
  }
  return new TextDecoder().decode(collected.whole());
}
