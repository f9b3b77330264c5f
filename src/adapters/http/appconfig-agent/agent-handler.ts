import type { ConfigurationDirectory } from '../../../domain/appconfig/configuration-directory.ts';
import {
  AS_STORED,
  type ConfigurationName,
  parseConfigurationPath,
} from '../../../domain/appconfig/configuration-name.ts';
import { CacheError } from '../../../domain/cache/errors.ts';
import type { ItemReader, ReadRequest } from '../../../ports/inbound/item-reader.ts';
import type { PlainAnswer, RequestHandler } from '../../../ports/inbound/server.ts';
import type { Logger } from '../../../ports/outbound/logger.ts';
import { logDefect } from '../defect-log.ts';
import { getHandler, pathAndQuery } from '../get-handler.ts';
import { INTERNAL } from '../problem.ts';
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
  const failed = (error: unknown): PlainAnswer => {
    if (error instanceof CacheError) return configurationFailureAnswer(error);
    logDefect(error, logger);
    return rejection(INTERNAL);
  };

  const read = (name: ConfigurationName, query: string): PlainAnswer | Promise<PlainAnswer> => {
    try {
      const flags = query === '' ? [] : new URLSearchParams(query).getAll('flag');
      const result = reader.read(directory.keyOf(name), AS_CACHED);
      if (!('then' in result)) return configurationAnswer(result, flags, cacheName);
      return result.then((found) => configurationAnswer(found, flags, cacheName)).catch(failed);
    } catch (error) {
      return failed(error);
    }
  };

  const answer = (target: string, headers?: Headers): PlainAnswer | Promise<PlainAnswer> => {
    const [path, query] = pathAndQuery(target);
    if (path === '/ping') return textAnswer(version);
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
