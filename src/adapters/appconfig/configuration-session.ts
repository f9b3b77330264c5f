import { AS_STORED } from '../../domain/appconfig/configuration-name.ts';
import { CacheError } from '../../domain/cache/errors.ts';
import type { AssumedRole } from '../../domain/iam/assumed-role.ts';
import { NotForwardedError } from '../../ports/inbound/wire-operations.ts';
import type { Clock } from '../../ports/outbound/clock.ts';
import type { SourceAnswer } from '../../ports/outbound/item-source.ts';
import { NoCredentialsError } from '../aws/credentials/credentials.ts';
import { asUpstreamError, ServiceError, serviceFailure } from '../aws/service-errors.ts';
import type { AppConfigData, CallScope, LatestConfiguration, SessionRequest } from './appconfig-data.ts';

/** A configuration as AppConfig returned it; without bodies if it does not exist. */
export type RetrievedConfiguration = Pick<SourceAnswer, 'askedAt' | 'bodies'>;

export interface ConfigurationSessionParts {
  readonly service: AppConfigData;
  readonly clock: Clock;
  readonly request: SessionRequest;
  readonly scope: CallScope;
  /** The role whose credentials `scope` has; messages name it. */
  readonly role?: AssumedRole | undefined;
  /** How messages name the configuration. */
  readonly subject: string;
}

interface PollToken {
  readonly text: string;
  /** Wall time at which it was received. */
  readonly issuedAt: number;
  /** Whether it is the first of its session, whose answer is the whole configuration. */
  readonly isFirst: boolean;
  /** Whether a poll with it failed after it may have been used. */
  readonly isDoubtful: boolean;
}

/** AppConfig accepts a token for 24 hours. */
const TOKEN_LIFETIME_MS = (23 * 60 + 45) * 60_000;

/**
 * Polls one configuration. A token can be used once, and an answer is empty if nothing changed, so that polls run one after
 * the other and the last configuration is kept. AWS charges for the first poll of a session, so sessions are kept as well.
 */
export class ConfigurationSession {
  readonly #parts: ConfigurationSessionParts;
  #token: PollToken | undefined;
  #kept: RetrievedConfiguration | undefined;
  /** When the latest poll succeeded, in wall time, and how long AppConfig rejects the next one after it. */
  #polledAt = 0;
  #pauseMs = 0;
  #turns = 0;
  #lastTurn: Promise<unknown> = Promise.resolve();

  constructor(parts: ConfigurationSessionParts) {
    this.#parts = parts;
  }

  /** Bytes of the configuration that is kept. */
  get keptBytes(): number {
    return this.#kept?.bodies[0]?.bytes.byteLength ?? 0;
  }

  /** Whether no read is running. */
  get isIdle(): boolean {
    return this.#turns === 0;
  }

  /**
   * Returns the configuration. Answers without a call if AppConfig does not accept a poll yet; `askedAt` is then that of the
   * latest poll. Waits for reads that began before: each of them ends by its own signal.
   *
   * @throws {CacheError} by rejection
   */
  read(signal: AbortSignal): Promise<RetrievedConfiguration> {
    this.#turns += 1;
    const turn = this.#lastTurn.then(() => this.#current(signal));
    this.#lastTurn = turn
      .catch(() => undefined)
      .then(() => {
        this.#turns -= 1;
      });
    return turn;
  }

  async #current(signal: AbortSignal): Promise<RetrievedConfiguration> {
    const { service, clock, request, scope } = this.#parts;
    const askedAt = clock.now();
    const sincePollMs = askedAt - this.#polledAt;
    // A negative time means that the wall clock stepped back.
    if (this.#kept !== undefined && sincePollMs >= 0 && sincePollMs < this.#pauseMs) return this.#kept;
    let operation = 'GetLatestConfiguration';
    try {
      signal.throwIfAborted();
      const kept = await this.#pollKeptToken(signal);
      if (kept !== undefined) return kept;
      operation = 'StartConfigurationSession';
      const text = await service.startSession(request, scope, signal);
      operation = 'GetLatestConfiguration';
      return await this.#poll({ text, issuedAt: askedAt, isFirst: true, isDoubtful: false }, signal);
    } catch (error) {
      if (!isNamed(error, 'ResourceNotFoundException')) throw this.#failure(error, operation, signal);
      this.#token = undefined;
      this.#kept = undefined;
      return { askedAt, bodies: [] };
    }
  }

  /** Polls with the token of an earlier answer; undefined without such a token, or if AppConfig no longer accepts it. */
  async #pollKeptToken(signal: AbortSignal): Promise<RetrievedConfiguration | undefined> {
    const token = this.#token;
    if (token === undefined || this.#parts.clock.now() - token.issuedAt > TOKEN_LIFETIME_MS) return undefined;
    try {
      return await this.#poll(token, signal);
    } catch (error) {
      if (isNamed(error, 'BadRequestException')) return undefined;
      throw error;
    }
  }

  async #poll(token: PollToken, signal: AbortSignal): Promise<RetrievedConfiguration> {
    const { service, scope, clock } = this.#parts;
    this.#token = undefined;
    const askedAt = clock.now();
    let latest: LatestConfiguration;
    try {
      latest = await service.latest(token.text, scope, signal);
    } catch (error) {
      this.#token = tokenAfter(error, token);
      throw error;
    }
    this.#token = { text: latest.token, issuedAt: askedAt, isFirst: false, isDoubtful: false };
    this.#polledAt = clock.now();
    this.#pauseMs = latest.pauseMs;
    this.#kept = this.#retrieved(latest, askedAt, token.isFirst);
    return this.#kept;
  }

  /** Converts an error of a call to a domain error, which has it as its cause. */
  #failure(cause: unknown, operation: string, signal: AbortSignal): CacheError {
    if (signal.aborted && signal.reason instanceof CacheError) return signal.reason;
    const { subject, role } = this.#parts;
    return serviceFailure(asUpstreamError(cause), {
      service: 'AppConfig',
      subject: `${operation} of ${subject}`,
      permission: `appconfig:${operation} on the configuration, and kms:Decrypt if a customer managed key encrypts it`,
      hints: HINTS,
      role,
      signal,
    });
  }

  #retrieved(
    { bytes, mediaType }: LatestConfiguration,
    askedAt: number,
    isFirst: boolean,
  ): RetrievedConfiguration {
    const isUnchanged = bytes.byteLength === 0 && !isFirst;
    if (isUnchanged && this.#kept !== undefined) return { ...this.#kept, askedAt };
    // Copied, because the bytes may be a view of a larger buffer.
    return { askedAt, bodies: [{ contentType: AS_STORED, mediaType, bytes: new Uint8Array(bytes) }] };
  }
}

/** The token to use after a failed poll. A refused, throttled or unsent poll did not use it; any other may have. */
const tokenAfter = (error: unknown, token: PollToken): PollToken | undefined => {
  if (isNamed(error, 'BadRequestException')) return undefined;
  const isRejected = error instanceof ServiceError && error.status < 500;
  if (isRejected || error instanceof NotForwardedError || error instanceof NoCredentialsError) return token;
  return token.isDoubtful ? undefined : { ...token, isDoubtful: true };
};

const isNamed = (error: unknown, name: string): boolean =>
  error instanceof ServiceError && error.name === name;

/** Hints for refusals, by error name. */
const HINTS: ReadonlyMap<string, string> = new Map([
  ['BadRequestException', 'check application, environment and profile'],
]);
