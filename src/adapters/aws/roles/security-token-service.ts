import { SourceRefusedError } from '../../../domain/cache/errors.ts';
import type { AssumedRole } from '../../../domain/iam/assumed-role.ts';
import type { WholeRequest } from '../aws-client.ts';
import type { Credentials } from '../credentials/credentials.ts';
import { LazyAwsClient, type LazyAwsClientParts, UNSIGNED_HEADERS } from '../lazy-aws-client.ts';
import { asUpstreamError, ServiceError, serviceFailure, UnusableAnswerError } from '../service-errors.ts';
import { credentialsFrom } from './assume-role-answer.ts';

export interface SecurityTokenServiceParts extends Omit<LazyAwsClientParts, 'label' | 'maxConnections'> {
  /** The region whose endpoint of STS is called: that of the function. */
  readonly region?: string | undefined;
  /** Name of the sessions of roles that name none. */
  readonly sessionName: string;
}

const LABEL = { name: 'STS', endpointSetting: 'CACHE_EXTENSION_STS_ENDPOINT' };
const API_VERSION = '2011-06-15';

/** The longest session of a role that was assumed with the credentials of another role, as those of a function are. */
const DURATION_SECONDS = 3600;

/** Many times the size of an answer. */
const MAX_ANSWER_BYTES = 65_536;

/** Hints for refusals, by error name. Each begins with the name, which people look up. */
const HINTS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    AccessDenied:
      "the function's role needs sts:AssumeRole on the role, and the trust policy of the role must name the function's role and the externalId, if it asks for one",
    ExpiredToken: "the function's credentials have expired",
    InvalidClientTokenId: "the function's credentials were rejected",
    RegionDisabledException: 'activate STS for this region in the account of the role',
    SignatureDoesNotMatch: 'the signature was rejected, check credentials and region',
    ValidationError: 'check roleArn, externalId and sessionName',
  }).map(([name, hint]) => [name, `${name}; ${hint}`]),
);

/** Calls AWS STS in its query protocol. */
export class SecurityTokenService {
  readonly #parts: SecurityTokenServiceParts;
  readonly #client: LazyAwsClient;

  constructor(parts: SecurityTokenServiceParts) {
    this.#parts = parts;
    this.#client = new LazyAwsClient({ ...parts, label: LABEL });
  }

  /**
   * Assumes a role with the credentials of the function.
   *
   * @throws {CacheError} by rejection, with the ARN of the role and the name of the error of STS
   */
  async assumeRole(
    { roleArn, externalId, sessionName }: AssumedRole,
    signal: AbortSignal,
  ): Promise<Credentials> {
    const { region } = this.#parts;
    if (region === undefined)
      throw new SourceRefusedError(
        `the role ${roleArn} cannot be assumed, because the region of STS is unknown: set AWS_REGION`,
      );
    const parameters = new URLSearchParams({
      Action: 'AssumeRole',
      Version: API_VERSION,
      RoleArn: roleArn,
      RoleSessionName: sessionName ?? this.#parts.sessionName,
      DurationSeconds: String(DURATION_SECONDS),
      ...(externalId === undefined ? {} : { ExternalId: externalId }),
    });
    const ask = () => this.#ask({ region, body: Buffer.from(parameters.toString()), signal });
    try {
      // A rejected signature may be one with a wrong time, which the answer has corrected.
      return await ask().catch((error: unknown) => {
        if (error instanceof ServiceError && error.name === 'SignatureDoesNotMatch') return ask();
        throw error;
      });
    } catch (error) {
      const subject = `AssumeRole of ${roleArn}`;
      const permission = 'sts:AssumeRole on the role';
      throw serviceFailure(asUpstreamError(error), {
        service: LABEL.name,
        subject,
        permission,
        hints: HINTS,
        signal,
      });
    } finally {
      // The next call is most of an hour away.
      this.#client.closeIdle();
    }
  }

  async #ask(call: Pick<WholeRequest, 'region' | 'body' | 'signal'>): Promise<Credentials> {
    const askedAt = this.#parts.clock.now();
    const response = await this.#client.sendWhole({
      ...call,
      service: 'sts',
      operation: 'AssumeRole',
      headers: [['content-type', 'application/x-www-form-urlencoded; charset=utf-8']],
      unsignedHeaders: UNSIGNED_HEADERS,
      maxWholeBytes: MAX_ANSWER_BYTES,
    });
    const credentials = credentialsFrom(response, askedAt);
    // They expired in a freeze.
    if (credentials.expiration.getTime() <= this.#parts.clock.now())
      throw new UnusableAnswerError(response.status);
    return credentials;
  }
}
