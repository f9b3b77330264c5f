import type { ConfigurationDirectory } from '../../../domain/appconfig/configuration-directory.ts';
import {
  AS_STORED,
  type ConfigurationName,
  parseConfigurationPath,
} from '../../../domain/appconfig/configuration-name.ts';
import { selectFlags } from '../../../domain/appconfig/feature-flags.ts';
import { CacheError } from '../../../domain/cache/errors.ts';
import type { ItemReader, ReadRequest, ReadResult } from '../../../ports/inbound/item-reader.ts';
import type { PlainAnswer, RequestHandler } from '../../../ports/inbound/server.ts';
import type { Logger } from '../../../ports/outbound/logger.ts';
import { getHandler, pathAndQuery } from '../get-handler.ts';
import { ageHeader, cacheStatusHeader } from '../item-response.ts';
import { INTERNAL, logDefect, plainAnswer, type Problem, problemOf } from '../problem.ts';
import { ParsedConfigurations } from './parsed-configurations.ts';

/** The parts of the listener that replaces AppConfig's agent (port 2772). */
export interface AppConfigAgentOptions {
  readonly directory: ConfigurationDirectory;
  readonly reader: ItemReader;
  /** The answer to `/ping`. */
  readonly version: string;
  /** The name of this cache in the `Cache-Status` header: a token, such as `dynamodb-cache`. */
  readonly cacheName: string;
  readonly logger: Logger;
}

/** Clients of the agent cannot ask for a fresher answer. */
const AS_CACHED: ReadRequest = { contentType: AS_STORED, freshness: { kind: 'any' } };

/**
 * Answers configurations and feature flags in the protocol of AppConfig's agent. A token is not required: clients of the
 * agent do not send one.
 */
export const createAppConfigAgentHandler = ({
  directory,
  reader,
  version,
  cacheName,
  logger,
}: AppConfigAgentOptions): RequestHandler => {
  const parts = { cacheName, parsed: new ParsedConfigurations() };

  const failed = (error: unknown): PlainAnswer => {
    if (error instanceof CacheError) return rejection(configurationProblemOf(error));
    logDefect(error, logger);
    return rejection(INTERNAL);
  };

  const read = (name: ConfigurationName, query: string): PlainAnswer | Promise<PlainAnswer> => {
    try {
      const flags = query === '' ? [] : new URLSearchParams(query).getAll('flag');
      const result = reader.read(directory.keyOf(name), AS_CACHED);
      if (!('then' in result)) return configurationAnswer(result, flags, parts);
      return result.then((found) => configurationAnswer(found, flags, parts)).catch(failed);
    } catch (error) {
      return failed(error);
    }
  };

  const answer = (target: string, headers?: Headers): PlainAnswer | Promise<PlainAnswer> => {
    const [path, query] = pathAndQuery(target);
    if (path === '/ping') return plainAnswer(200, 'text/plain; charset=utf-8', version);
    const name = parseConfigurationPath(path);
    if (name === undefined) return notFound(MALFORMED_PATH);
    if (headers?.has('context') === true) {
      return notImplemented(
        'the Context header selects variants of flags, which this cache does not evaluate',
      );
    }
    return read(name, query);
  };

  return getHandler({ answer, rejection });
};

/** What all answers of one handler share. */
interface AnswerParts {
  readonly cacheName: string;
  readonly parsed: ParsedConfigurations;
}

/**
 * The answer to a read: the bytes and the type as stored, or the selected flags as JSON.
 *
 * @param flags empty for the whole configuration
 */
const configurationAnswer = (
  result: ReadResult,
  flags: readonly string[],
  { cacheName, parsed }: AnswerParts,
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
  const selection = selectFlags(parsed.valuesOf(body), flags);
  switch (selection.outcome) {
    case 'selected':
      return jsonAnswer(200, selection.json, headers);
    case 'no-such-flag':
      return jsonAnswer(400, missingFlags(selection.flags), headers);
    case 'variants':
      return notImplemented('a requested flag has variants, which this cache does not evaluate');
  }
};

/** The form of the agent, whose members are in alphabetical order. */
const missingFlags = (flags: readonly string[]): string => {
  const problems = flags.toSorted().map((flag) => `${JSON.stringify(flag)}:{"Problem":"NoSuchFlag"}`);
  return `{"Details":{"Value":{${problems.join(',')}}},"Message":"Configuration data missing one or more flag values","Reason":"InvalidParameters"}`;
};

/** The text of the agent, by which clients tell a wrong path from a configuration that does not exist. */
const MALFORMED_PATH = 'Unrecognized or malformed path';

const notFound = (message: string, headers?: PlainAnswer['headers']): PlainAnswer =>
  jsonAnswer(404, JSON.stringify({ Message: message, ResourceType: 'Configuration' }), headers);

const notImplemented = (message: string): PlainAnswer =>
  jsonAnswer(501, JSON.stringify({ Message: message, Reason: 'not_implemented' }));

/** The answer to a request that a guard or the method rejects. */
const rejection = ({ status, code, detail, headers }: Problem): PlainAnswer =>
  jsonAnswer(status, JSON.stringify({ Message: detail, Reason: code }), headers);

/** The problem for an error of the cache. Clients of the agent expect 403 for a refusal by AppConfig. */
const configurationProblemOf = (error: CacheError): Problem => {
  const problem = problemOf(error);
  if (error.category === 'refused') return { ...problem, status: 403 };
  return error.code === 'upstream_unavailable' ? { ...problem, status: 502 } : problem;
};

const jsonAnswer = (status: number, json: string, headers?: PlainAnswer['headers']): PlainAnswer =>
  plainAnswer(status, 'application/json', json, headers);
