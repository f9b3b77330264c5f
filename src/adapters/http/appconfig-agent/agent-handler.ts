import type { ConfigurationDirectory } from '../../../domain/appconfig/configuration-directory.ts';
import {
  AS_STORED,
  type ConfigurationName,
  parseConfigurationPath,
} from '../../../domain/appconfig/configuration-name.ts';
import { CacheError } from '../../../domain/cache/errors.ts';
import type { ItemReader, ReadRequest } from '../../../ports/inbound/item-reader.ts';
import type { FastPath, PlainAnswer, RequestHandler } from '../../../ports/inbound/server.ts';
import type { Logger } from '../../../ports/outbound/logger.ts';
import { logDefect } from '../defect-log.ts';
import {
  allOf,
  arePlainHeaders,
  PLAIN_TARGET,
  rejectCrossSite,
  rejectForeignHost,
  rejectForwarded,
  rejectOverLimit,
} from '../guards.ts';
import { INTERNAL, methodNotAllowed, webResponse } from '../problem.ts';
import {
  configurationAnswer,
  configurationFailureAnswer,
  MALFORMED_PATH,
  notFound,
  notImplemented,
  rejection,
  textAnswer,
} from './agent-answers.ts';

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

/** A token is not required: the agent's clients do not send one. */
const guard = allOf([rejectOverLimit, rejectForwarded, rejectForeignHost, rejectCrossSite]);

/**
 * Answers configurations and feature flags in the protocol of AppConfig's agent. The fast path answers plain GETs of
 * configurations; both ways give equal answers.
 */
export const createAppConfigAgentHandler = (options: AppConfigAgentOptions): RequestHandler => {
  const reads = new ConfigurationReads(options);
  const { version } = options;

  const answer = ({ method, url, headers }: Request): PlainAnswer | Promise<PlainAnswer> => {
    if (method !== 'GET') return rejection(methodNotAllowed('GET'));
    const { path, query } = partsOf(targetIn(url));
    if (path === '/ping') return textAnswer(version);
    const name = parseConfigurationPath(path);
    if (name === undefined) return notFound(MALFORMED_PATH);
    if (headers.has('context')) {
      return notImplemented(
        'the Context header selects variants of flags, which this cache does not evaluate',
      );
    }
    return reads.answer(name, query);
  };

  const fastPath: FastPath = ({ method, target, headers }, { overLimit }) => {
    if (method !== 'GET' || overLimit || !PLAIN_TARGET.test(target)) return undefined;
    const { path, query } = partsOf(target);
    const name = parseConfigurationPath(path);
    return name !== undefined && arePlainHeaders(headers) ? reads.answer(name, query) : undefined;
  };

  return Object.assign(
    (request: Request, connection: Parameters<RequestHandler>[1]): Response | Promise<Response> => {
      const problem = guard(request, connection);
      const answered = problem === undefined ? answer(request) : rejection(problem);
      return 'then' in answered ? answered.then(webResponse) : webResponse(answered);
    },
    { fastPath },
  );
};

/** Reads configurations and converts results and failures to answers. */
class ConfigurationReads {
  readonly #options: AppConfigAgentOptions;

  constructor(options: AppConfigAgentOptions) {
    this.#options = options;
  }

  /** Never throws or rejects. Synchronous for a hit. */
  answer(name: ConfigurationName, query: string): PlainAnswer | Promise<PlainAnswer> {
    const { directory, reader, cacheName } = this.#options;
    try {
      const flags = query === '' ? [] : new URLSearchParams(query).getAll('flag');
      const result = reader.read(directory.keyOf(name), AS_CACHED);
      if (!('then' in result)) return configurationAnswer(result, flags, cacheName);
      return result
        .then((read) => configurationAnswer(read, flags, cacheName))
        .catch((error: unknown) => this.#failed(error));
    } catch (error) {
      return this.#failed(error);
    }
  }

  #failed(error: unknown): PlainAnswer {
    if (error instanceof CacheError) return configurationFailureAnswer(error);
    logDefect(error, this.#options.logger);
    return rejection(INTERNAL);
  }
}

/** The target in the URL of a request, which has a scheme and a host. */
const targetIn = (url: string): string => url.slice(url.indexOf('/', url.indexOf('//') + 2));

const partsOf = (target: string): { readonly path: string; readonly query: string } => {
  const question = target.indexOf('?');
  if (question === -1) return { path: target, query: '' };
  return { path: target.slice(0, question), query: target.slice(question + 1) };
};
