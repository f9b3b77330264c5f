import { request } from 'node:http';
import { collectBody } from '../../domain/cache/body-collector.ts';
import { type ApiAnswer, type ApiCall, type ApiExchange, MAX_API_ANSWER_BYTES } from './api-call.ts';
import { noAnswerError, refusedError } from './extensions-api-error.ts';

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
        collectBody(incoming, MAX_API_ANSWER_BYTES).then((bytes) => {
          const body = new TextDecoder().decode(bytes);
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
