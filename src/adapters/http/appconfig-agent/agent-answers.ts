import { selectFlags } from '../../../domain/appconfig/feature-flags.ts';
import type { StoredBody } from '../../../domain/cache/cache-entry.ts';
import type { CacheError, ErrorCategory } from '../../../domain/cache/errors.ts';
import { memberTexts } from '../../../domain/json/json-scanner.ts';
import type { ReadResult } from '../../../ports/inbound/item-reader.ts';
import type { PlainAnswer } from '../../../ports/inbound/server.ts';
import { ageHeader, cacheStatusHeader } from '../item-response.ts';
import { type Problem, plainAnswer, retryHeaders } from '../problem.ts';

/**
 * The answer to a read: the bytes and the type as stored, or the selected flags as JSON.
 *
 * @param flags empty for the whole configuration
 */
export const configurationAnswer = (
  result: ReadResult,
  flags: readonly string[],
  cacheName: string,
): PlainAnswer => {
  const age = ageHeader(result.ageMs);
  if (result.outcome === 'absent') {
    const headers = { age, 'cache-status': cacheStatusHeader(cacheName, result.cache, 404) };
    return notFound('the configuration, or a deployment of it, does not exist', headers);
  }
  const { body, cache } = result;
  const headers = { age, 'cache-status': cacheStatusHeader(cacheName, cache, 200) };
  if (flags.length === 0) {
    return plainAnswer(200, body.mediaType ?? body.contentType, body.bytes, headers);
  }
  const selection = selectFlags(membersOf(body), flags);
  switch (selection.outcome) {
    case 'selected':
      return jsonAnswer(200, selection.json, headers);
    case 'no-such-flag':
      return jsonAnswer(400, missingFlags(selection.flags), headers);
    case 'variants':
      return notImplemented('a requested flag has variants, which this cache does not evaluate');
  }
};

/** Scanning 100 KB of flags takes 7 ms, so that the latest configurations are scanned once. */
const MAX_SCANNED = 8;
const scanned = new Map<string, ReadonlyMap<string, string>>();

const membersOf = ({ digest, bytes }: StoredBody): ReadonlyMap<string, string> => {
  const known = scanned.get(digest);
  if (known !== undefined) return known;
  const members = memberTexts(bytes) ?? new Map<string, string>();
  const [oldest] = scanned.keys();
  if (scanned.size >= MAX_SCANNED && oldest !== undefined) scanned.delete(oldest);
  scanned.set(digest, members);
  return members;
};

/** The form of the agent, whose members are in alphabetical order. */
const missingFlags = (flags: readonly string[]): string => {
  const problems = flags.toSorted().map((flag) => `${JSON.stringify(flag)}:{"Problem":"NoSuchFlag"}`);
  return `{"Details":{"Value":{${problems.join(',')}}},"Message":"Configuration data missing one or more flag values","Reason":"InvalidParameters"}`;
};

/** The text of the agent, by which clients tell a wrong path from a configuration that does not exist. */
export const MALFORMED_PATH = 'Unrecognized or malformed path';

export const notFound = (message: string, headers?: PlainAnswer['headers']): PlainAnswer =>
  jsonAnswer(404, JSON.stringify({ Message: message, ResourceType: 'Configuration' }), headers);

export const notImplemented = (message: string): PlainAnswer =>
  jsonAnswer(501, JSON.stringify({ Message: message, Reason: 'not_implemented' }));

/** The answer to a request that a guard or the method rejects. */
export const rejection = ({ status, code, detail, headers }: Problem): PlainAnswer =>
  jsonAnswer(status, JSON.stringify({ Message: detail, Reason: code }), headers);

/** The answer for an error of the cache. */
export const configurationFailureAnswer = (error: CacheError): PlainAnswer => {
  const { code, message } = error;
  return rejection({ status: statusOf(error), code, detail: message, ...retryHeaders(error) });
};

const STATUS_BY_CATEGORY: Readonly<Record<ErrorCategory, number>> = {
  invalid_request: 400,
  forbidden: 403,
  // Like the agent, which passes the status of AppConfig on.
  refused: 403,
  unavailable: 503,
  not_in_cache: 504,
  timeout: 504,
};

const statusOf = ({ code, category }: CacheError): number =>
  code === 'upstream_unavailable' ? 502 : STATUS_BY_CATEGORY[category];

/** Answers with plain text. */
export const textAnswer = (text: string): PlainAnswer => plainAnswer(200, 'text/plain; charset=utf-8', text);

const jsonAnswer = (status: number, json: string, headers?: PlainAnswer['headers']): PlainAnswer =>
  plainAnswer(status, 'application/json', json, headers);
