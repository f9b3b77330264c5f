import { answerJson, type Script } from './scripted-extension.ts';

/** A product that nobody has but a scripted extension. */
export const FAKE = { pKey: 'widget', sKey: 'v1', price: 99 };

/** It as JSON. */
export const FAKE_JSON = JSON.stringify(FAKE);

/** A body that says why there is no item. */
export const refusal = (status: number, code: string) =>
  JSON.stringify({ type: 'about:blank', status, code });

/** Answers that say nothing of the item, by what they are. */
export const UNUSABLE: Readonly<Record<string, Script>> = {
  '400 malformed_request': (response) => answerJson(response, 400, refusal(400, 'malformed_request')),
  '403 table_not_configured': (response) => answerJson(response, 403, refusal(403, 'table_not_configured')),
  '404 no_such_route': (response) => answerJson(response, 404, refusal(404, 'no_such_route')),
  '404 of somebody else': (response) => answerJson(response, 404, 'not found'),
  '429 too_many_connections': (response) => answerJson(response, 429, refusal(429, 'too_many_connections')),
  '500 internal': (response) => answerJson(response, 500, refusal(500, 'internal')),
  '504 upstream_timeout': (response) => answerJson(response, 504, refusal(504, 'upstream_timeout')),
  'an item that breaks off': (response) => answerJson(response, 200, FAKE_JSON.slice(0, 20)),
  'a connection that is reset': (response) => response.socket?.resetAndDestroy(),
  'a connection that is reset midway': (response) =>
    response
      .writeHead(200, { 'content-length': '100' })
      .write(FAKE_JSON.slice(0, 20), () => response.socket?.resetAndDestroy()),
  'what is no HTTP': (response) => response.socket?.end('no HTTP\r\n\r\n'),
};

/** Ways not to answer, by what the extension does. */
export const HANGING: Readonly<Record<string, Script>> = {
  'never answers': () => undefined,
  'falls silent midway': (response) =>
    response.writeHead(200, { 'content-length': '100' }).write(FAKE_JSON.slice(0, 20)),
};
