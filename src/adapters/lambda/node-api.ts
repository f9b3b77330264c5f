import { request } from 'node:http';
import { collectBody } from '../../domain/cache/body-collector.ts';
import { callWith, MAX_API_ANSWER_BYTES } from './api-call.ts';

/** Makes calls over `node:http`. */
export const callApi = callWith(
  async (runtimeApi, call, markSent) =>
    new Promise((resolve, reject) => {
      const outgoing = request(`http://${runtimeApi}/2020-01-01/extension${call.path}`, {
        method: call.method,
        headers: call.headers,
        // A kept socket may not survive a freeze, and sockets of the global agent have a time-out.
        agent: false,
      });
      // At `finish` the bytes are queued; one turn of the event loop later they are in the socket.
      outgoing.once('finish', () => setImmediate(markSent));
      outgoing.on('error', reject);
      outgoing.once('response', (incoming) => {
        const { statusCode: status = 0, headers } = incoming;
        collectBody(incoming, MAX_API_ANSWER_BYTES).then(
          (body) => resolve({ status, headers, body }),
          reject,
        );
      });
      outgoing.end(call.body);
    }),
);
