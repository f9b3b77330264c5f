import { type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';

/**
 * Takes invocations from Lambda's Runtime API, one after the other, for as long as the environment lives.
 *
 * @param runtimeApi `host:port`
 * @param handler gets the event; what it throws is reported as the function's error
 */
export const serveInvocations = async <Event>(
  runtimeApi: string,
  handler: (event: Event) => Promise<unknown>,
): Promise<never> => {
  const base = `http://${runtimeApi}/2018-06-01/runtime/invocation`;
  for (;;) {
    const next = await call('GET', `${base}/next`);
    const requestId = String(next.headers['lambda-runtime-aws-request-id']);
    const { path, result } = await outcomeOf(handler, await text(next));
    const accepted = await call('POST', `${base}/${requestId}/${path}`, JSON.stringify(result));
    accepted.resume();
  }
};

const outcomeOf = async <Event>(handler: (event: Event) => Promise<unknown>, payload: string) => {
  try {
    return { path: 'response', result: await handler(JSON.parse(payload)) };
  } catch (error) {
    const { name, message } = error instanceof Error ? error : new Error(String(error));
    return { path: 'error', result: { errorType: name, errorMessage: message } };
  }
};

/** Without a time-out: the next invocation may be hours away. */
const call = (method: string, url: string, body?: string): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    request(url, { method, agent: false }, resolve).once('error', reject).end(body);
  });
