import type { WholeRequest, WholeResponse } from '../aws/aws-client.ts';
import type { SigningCredentials } from '../aws/credentials/credentials.ts';
import { UNSIGNED_HEADERS } from '../aws/lazy-aws-client.ts';
import { errorIn, UnusableAnswerError } from '../aws/service-errors.ts';

/** A call of AppConfigData. Its host is not that of the service in the signature. */
export interface AppConfigDataRequest extends WholeRequest {
  readonly hostLabel: string;
}

/** Signs and sends calls, as `LazyAwsClient` does. */
export interface AppConfigDataClient {
  sendWhole(request: AppConfigDataRequest): Promise<WholeResponse>;
  /** Closes idle connections. */
  closeIdle(): void;
}

/** Where a call is made, and as whom. */
export interface CallScope {
  readonly region: string;
  /** Absent: those of the function. */
  readonly credentials?: SigningCredentials | undefined;
}

/** What `StartConfigurationSession` is asked for. */
export interface SessionRequest {
  readonly ApplicationIdentifier: string;
  readonly EnvironmentIdentifier: string;
  readonly ConfigurationProfileIdentifier: string;
  /** Absent: the service requires 60 seconds between polls. */
  readonly RequiredMinimumPollIntervalInSeconds?: number;
}

/** The answer to a poll. */
export interface LatestConfiguration {
  /** Empty if the configuration is the one that the session returned last. */
  readonly bytes: Uint8Array;
  readonly mediaType: string;
  /** The token of the next poll. */
  readonly token: string;
  /** The time until the next poll, in milliseconds. */
  readonly pauseMs: number;
}

/** Larger than any configuration: AppConfig allows at most 4 MB, by a raised quota. */
const MAX_CONFIGURATION_BYTES = 8 * 1024 * 1024;

const DEFAULT_MEDIA_TYPE = 'application/octet-stream';
const DEFAULT_PAUSE_SECONDS = 60;

/** The two calls of AppConfigData (REST-JSON). They reject with a `ServiceError`, an `UnusableAnswerError`, or an error of the client. */
export class AppConfigData {
  readonly #client: AppConfigDataClient;

  constructor(client: AppConfigDataClient) {
    this.#client = client;
  }

  /** Starts a session. Resolves with the token of the first poll, whose answer AWS charges for. */
  async startSession(session: SessionRequest, scope: CallScope, signal: AbortSignal): Promise<string> {
    const response = await this.#client.sendWhole({
      ...COMMON,
      ...scope,
      operation: 'StartConfigurationSession',
      path: '/configurationsessions',
      headers: [['content-type', 'application/json']],
      body: Buffer.from(JSON.stringify(session)),
      signal,
    });
    const token = response.status === 201 ? initialToken(response.body) : undefined;
    return token ?? unusable(response);
  }

  /** Polls a session. The token can be used once. */
  async latest(token: string, scope: CallScope, signal: AbortSignal): Promise<LatestConfiguration> {
    const response = await this.#client.sendWhole({
      ...COMMON,
      ...scope,
      operation: 'GetLatestConfiguration',
      method: 'GET',
      path: '/configuration',
      query: [['configuration_token', token]],
      headers: [],
      signal,
    });
    const { status, headers, body } = response;
    const next = headers['next-poll-configuration-token'];
    // A program in between may return status 200 with any body, or compress the bytes, which nothing else would notice.
    if (status !== 200 || !isToken(next) || isEncoded(headers['content-encoding'])) return unusable(response);
    return {
      bytes: body,
      mediaType: headers['content-type'] || DEFAULT_MEDIA_TYPE,
      token: next,
      pauseMs: secondsIn(headers['next-poll-interval-in-seconds']) * 1000,
    };
  }

  dropConnections(): void {
    this.#client.closeIdle();
  }
}

const COMMON = {
  service: 'appconfig',
  hostLabel: 'appconfigdata',
  unsignedHeaders: UNSIGNED_HEADERS,
  maxWholeBytes: MAX_CONFIGURATION_BYTES,
};

const unusable = (response: WholeResponse): never => {
  const error = response.status < 400 ? new UnusableAnswerError(response.status) : errorIn(response);
  // The rest of such a response may be taken for the answer to the next call.
  if (error instanceof UnusableAnswerError) response.discard();
  throw error;
};

const initialToken = (body: Uint8Array): string | undefined => {
  try {
    const parsed: unknown = JSON.parse(new TextDecoder().decode(body));
    const token: unknown =
      typeof parsed === 'object' && parsed !== null
        ? Reflect.get(parsed, 'InitialConfigurationToken')
        : undefined;
    return isToken(token) ? token : undefined;
  } catch {
    // The parser's message would quote the body.
    return undefined;
  }
};

const isToken = (value: unknown): value is string => typeof value === 'string' && /^\S{1,8192}$/.test(value);

/** Calls do not ask for a content coding, and AppConfig uses none. */
const isEncoded = (coding: string | undefined): boolean =>
  coding !== undefined && coding !== '' && coding.toLowerCase() !== 'identity';

const secondsIn = (header: string | undefined): number =>
  header !== undefined && /^\d{1,6}$/.test(header) ? Number(header) : DEFAULT_PAUSE_SECONDS;
