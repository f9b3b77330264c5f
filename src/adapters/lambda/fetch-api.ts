import { type ApiAnswer, type ApiCall, type ApiExchange, readApiBody } from './api-call.ts';
import { noAnswerError, refusedError } from './extensions-api-error.ts';

/** Bun's extension of `RequestInit`. */
interface BunRequestInit extends RequestInit {
  readonly timeout: false;
}

/**
 * Makes a call with the `fetch` of Bun, without a time-out. Bun sends the request in the background and loads no module for
 * it. The `fetch` of Node.js would time out after five minutes.
 */
export function fetchApi(runtimeApi: string, call: ApiCall): ApiExchange {
  return { sent: Promise.resolve(), answer: answerTo(runtimeApi, call) };
}

async function answerTo(runtimeApi: string, call: ApiCall): Promise<ApiAnswer> {
  const name = `${call.method} ${call.path}`;
  const { status, headers, body } = await fetchText(runtimeApi, call).catch((cause: unknown) => {
    throw noAnswerError(name, runtimeApi, cause);
  });
  if (status < 200 || status >= 300) throw refusedError(name, status, body);
  return { headers: Object.fromEntries(headers), body };
}

async function fetchText(runtimeApi: string, { method, path, headers, body }: ApiCall) {
  const init: BunRequestInit = {
    method,
    headers,
    body: body ?? null,
    // The connection is not reused, and would not survive a freeze.
    keepalive: false,
    timeout: false,
  };
  const response = await fetch(`http://${runtimeApi}/2020-01-01/extension${path}`, init);
  return { status: response.status, headers: response.headers, body: await readBody(response) };
}

async function readBody({ body }: Response): Promise<string> {
  return body === null ? '' : readApiBody(body);
}
