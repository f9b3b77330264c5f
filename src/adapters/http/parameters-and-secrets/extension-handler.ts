import type { EntryKey } from '../../../domain/cache/cache-entry.ts';
import { CacheError } from '../../../domain/cache/errors.ts';
import type { AssumedRole } from '../../../domain/iam/assumed-role.ts';
import { AWS_JSON, PARAMETERS_AND_SECRETS } from '../../../domain/named-values/value-bodies.ts';
import type { RefreshRequest } from '../../../domain/named-values/extension-query.ts';
import {
  type ParameterDirectory,
  parseParameterQuery,
} from '../../../domain/parameters/parameter-directory.ts';
import { parseSecretQuery, type SecretDirectory } from '../../../domain/secrets/secret-directory.ts';
import { secretsManagerAgentJson } from '../../../domain/secrets/secrets-manager-agent.ts';
import type { Freshness, ItemReader, ReadResult } from '../../../ports/inbound/item-reader.ts';
import type { PlainAnswer, RequestHandler } from '../../../ports/inbound/server.ts';
import type { Logger } from '../../../ports/outbound/logger.ts';
import { getHandler, pathAndQuery, targetIn } from '../get-handler.ts';
import { type Guard, NO_SECRET_TOKEN, rejectWithoutToken, tokenCheck } from '../guards.ts';
import { ParsedRequests } from '../parsed-requests.ts';
import { INTERNAL, logDefect, NO_SUCH_ROUTE } from '../problem.ts';
import {
  extensionFailureAnswer,
  failureOf,
  noSecretId,
  pingAnswer,
  problemText,
  valueAnswer,
} from './extension-answer.ts';

export interface ParametersAndSecretsOptions {
  /** Absent: requests for parameters are not served. */
  readonly parameters?: ParameterDirectory | undefined;
  /** Absent: requests for secrets are not served. */
  readonly secrets?: SecretDirectory | undefined;
  /** The role that reads each group; groups without one are read as the function. */
  readonly roles: ReadonlyMap<string, AssumedRole>;
  readonly reader: ItemReader;
  /** Requests must carry one of these in `X-Aws-Parameters-Secrets-Token`. */
  readonly tokens: readonly string[];
  /** Whether failures have statuses and JSON that say why, in place of AWS's one answer to all of them. */
  readonly hasTypedErrors: boolean;
  /** The name of this cache in the `Cache-Status` header. */
  readonly cacheName: string;
  readonly logger: Logger;
}

/** A request for one value. */
interface ValueRequest extends RefreshRequest {
  readonly key: EntryKey;
  /** Names the error for a value that does not exist. */
  readonly absence: string;
  /** Whether the path and the answer have the form of the Secrets Manager Agent. */
  readonly isV1: boolean;
}

const PARAMETER_PATH = /^\/systemsmanager\/parameters\/get\/?$/;
const SECRET_PATH = /^\/secretsmanager\/get\/?$/;
const V1_PREFIX = '/v1/';
const PING_PATH = '/ping';

/**
 * Serves the protocol of AWS's Parameters and Secrets extension, and the paths `/v1/` and `/ping` of AWS's Secrets Manager
 * Agent.
 */
export class ParametersAndSecrets {
  readonly #options: ParametersAndSecretsOptions;
  readonly #requests = new ParsedRequests((target) => this.#requestIn(target));
  /** Reads that clients with a failed version wait for. */
  readonly #refreshes = new Map<string, Promise<ReadResult>>();

  constructor(options: ParametersAndSecretsOptions) {
    this.#options = options;
  }

  /** The handler for a server. */
  get handler(): RequestHandler {
    const { tokens } = this.#options;
    const withToken = rejectWithoutToken(tokens, NO_SECRET_TOKEN);
    const guard: Guard = (request, connection) =>
      pathOf(targetIn(request.url)) === PING_PATH ? undefined : withToken(request, connection);
    return getHandler({
      guard,
      checkToken: tokenCheck(tokens),
      answer: (target) => this.#read(target),
      rejection: problemText,
    });
  }

  #read(target: string): PlainAnswer | Promise<PlainAnswer> {
    try {
      const request = this.#requests.of(target);
      if ('status' in request) return request;
      const read = this.#readValue(request);
      if (!('then' in read)) return this.#answer(request, read);
      return read.then(
        (result) => this.#answer(request, result),
        (error: unknown) => this.#failed(error, request.isV1),
      );
    } catch (error) {
      return this.#failed(error, target.startsWith(V1_PREFIX));
    }
  }

  /** The value that is requested, or the answer to a request for none. */
  #requestIn(target: string): ValueRequest | PlainAnswer {
    const { parameters, secrets, hasTypedErrors } = this.#options;
    const [path, query] = pathAndQuery(target);
    if (path === PING_PATH) return pingAnswer();
    const isV1 = path.startsWith(V1_PREFIX);
    const pairs = [...new URLSearchParams(query)];
    /** A client chooses no role: it may only name the one that the configuration gives to the value. */
    const checked = (request: ValueRequest): ValueRequest | PlainAnswer => {
      const roleArn = this.#options.roles.get(request.key.group)?.roleArn;
      const isTheRole = pairs.every(([name, value]) => name !== 'roleArn' || value === roleArn);
      return isTheRole ? request : extensionFailureAnswer(OTHER_ROLE, hasTypedErrors || isV1);
    };
    if (parameters !== undefined && PARAMETER_PATH.test(path)) {
      const { parameter, ...refresh } = parseParameterQuery(pairs);
      const key = parameters.keyOf(parameter);
      return checked({ key, ...refresh, absence: 'ParameterNotFound', isV1: false });
    }
    if (secrets === undefined) return problemText(NO_SUCH_ROUTE);
    if (path === V1_PREFIX) return noSecretId();
    if (!isV1 && !SECRET_PATH.test(path)) return problemText(NO_SUCH_ROUTE);
    // The Secrets Manager Agent takes the id from the path as it is.
    const id: readonly [string, string][] = isV1 ? [['secretId', path.slice(V1_PREFIX.length)]] : [];
    const { secret, ...refresh } = parseSecretQuery([...id, ...pairs]);
    return checked({ key: secrets.keyOf(secret), ...refresh, absence: 'ResourceNotFoundException', isV1 });
  }

  #readValue({ key, isV1, refreshNow, unlessVersion }: ValueRequest): ReadResult | Promise<ReadResult> {
    const contentType = isV1 ? AWS_JSON : PARAMETERS_AND_SECRETS;
    const read = (freshness: Freshness) => this.#options.reader.read(key, { contentType, freshness });
    if (!refreshNow) return read(ANY);
    if (unlessVersion === undefined) return read(NO_CACHE);
    const cached = this.#cachedVersion(key);
    if (cached !== undefined && cached !== unlessVersion) return read(ANY);
    const id = `${contentType} ${key.text}`;
    const running = this.#refreshes.get(id);
    const refresh = () => this.#refreshed(id, () => read(NO_CACHE));
    if (running === undefined) return refresh();
    // It may have been answered before the rotation that this client noticed.
    return running.then((result) =>
      result.outcome === 'found' && versionIn(result.body.bytes) === unlessVersion ? refresh() : result,
    );
  }

  /** A hundred clients that fail with one version cause one read. */
  #refreshed(id: string, read: () => ReadResult | Promise<ReadResult>): ReadResult | Promise<ReadResult> {
    const running = this.#refreshes.get(id);
    if (running !== undefined) return running;
    const result = read();
    if (!('then' in result)) return result;
    const refresh = result.finally(() => this.#refreshes.delete(id));
    this.#refreshes.set(id, refresh);
    return refresh;
  }

  #cachedVersion(key: EntryKey): string | undefined {
    try {
      const read = this.#options.reader.read(key, CACHED);
      if ('then' in read) read.catch(() => undefined);
      else if (read.outcome === 'found') return versionIn(read.body.bytes);
    } catch (error) {
      if (!(error instanceof CacheError)) throw error;
    }
    return undefined;
  }

  #answer({ absence, isV1 }: ValueRequest, result: ReadResult): PlainAnswer {
    const { cacheName, hasTypedErrors } = this.#options;
    if (result.outcome === 'absent') {
      const message = 'AWS has no value with this name, version or stage';
      return extensionFailureAnswer({ status: 404, type: absence, message }, hasTypedErrors || isV1);
    }
    const { bytes } = result.body;
    return valueAnswer(result, isV1 ? secretsManagerAgentJson(bytes) : bytes, cacheName);
  }

  #failed(error: unknown, isV1: boolean): PlainAnswer {
    const isTyped = this.#options.hasTypedErrors || isV1;
    if (error instanceof CacheError) return extensionFailureAnswer(failureOf(error), isTyped);
    logDefect(error, this.#options.logger);
    return extensionFailureAnswer(
      { status: 500, type: 'InternalServiceError', message: INTERNAL.detail },
      isTyped,
    );
  }
}

const ANY: Freshness = { kind: 'any' };
const NO_CACHE: Freshness = { kind: 'no-cache' };
const CACHED = { contentType: PARAMETERS_AND_SECRETS, freshness: { kind: 'only-if-cached' } } as const;

const OTHER_ROLE = {
  status: 403,
  type: 'AccessDeniedException',
  message:
    'roleArn is not the role of this value: list the value in cache.yaml with this roleArn, or leave the parameter out',
};

const pathOf = (target: string): string => pathAndQuery(target)[0];

const decoder = new TextDecoder();

/** The version in an answer in the form of AWS's extension. */
const versionIn = (body: Uint8Array): string | undefined => {
  const { VersionId, Parameter }: { VersionId?: string; Parameter?: { Version?: number } } = JSON.parse(
    decoder.decode(body),
  );
  return VersionId ?? Parameter?.Version?.toString();
};
