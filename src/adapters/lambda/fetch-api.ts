import { type ApiAnswer, type ApiCall, type ApiExchange, readApiBody } from './api-call.ts';

import { noAnswer, refused } from './extensions-api-error.ts';

/** What Bun knows beside the standard. */
interface BunRequestInit extends RequestInit {
  readonly timeout: false;
}

/**
 * Makes a call by the `fetch` of Bun, which sends beside the program and needs nothing to be loaded, and waits for its answer
 * for as long as it takes. The `fetch` of Node.js would give up after five minutes.
 */
export function fetchApi(runtimeApi: string, call: ApiCall): ApiExchange {
  return { sent: Promise.resolve(), answer: answerTo(runtimeApi, call) };
}

async function answerTo(runtimeApi: string, call: ApiCall): Promise<ApiAnswer> {
  const name = `${call.method} ${call.path}`;
  const { status, headers, body } = await answered(runtimeApi, call).catch((cause: unknown) => {
    throw noAnswer(name, runtimeApi, cause);
  });
  if (status < 200 || status >= 300) throw refused(name, status, body);
  return { headers: Object.fromEntries(headers), body };
}

async function answered(runtimeApi: string, { method, path, headers, body }: ApiCall) {
  const init: BunRequestInit = {
    method,
    headers,
    body: body ?? null,
    // The connection has no further use, and would not survive a freeze.
    keepalive: false,
    timeout: false,
  };
  const response = await fetch(`http://${runtimeApi}/2020-01-01/extension${path}`, init);
  return { status: response.status, headers: response.headers, body: await readBody(response) };
}

async function readBody({ body }: Response): Promise<string> {
  return body === null ? '' : readApiBody(body);
}
