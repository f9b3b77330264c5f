import { SourceRefusedError } from '../../../domain/cache/errors.ts';
import type { AssumedRole } from '../../../domain/iam/assumed-role.ts';
import type { Clock } from '../../../ports/outbound/clock.ts';

/** Credentials to sign requests with. */
export interface KnownCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
  /** The account of the credentials, if the provider named it. */
  readonly accountId?: string | undefined;
  /** Absent: they do not expire. */
  readonly expiration?: Date | undefined;
}

/** Credentials from an endpoint, which expire. */
export interface Credentials extends KnownCredentials {
  readonly sessionToken: string;
  readonly expiration: Date;
}

/** Credentials that sign calls: those of the function, or those of a role. */
export interface SigningCredentials {
  /** Valid credentials, at once if they are known. */
  current(): KnownCredentials | Promise<KnownCredentials>;
  /**
   * Gives up credentials that AWS rejected as expired. Returns whether a repeated call may succeed.
   * Absent: the credentials cannot be given up.
   */
  discard?(accessKeyId: string): boolean;
}

/** Returns valid credentials; with `renewed`, new ones. */
export type CredentialsProvider = (renewed: boolean) => Promise<KnownCredentials>;

/** The minimum time between two renewals for unknown keys: each renewal calls the credentials endpoint. */
const RENEWAL_INTERVAL_MS = 1000;

/** Keeps all credentials that the provider has returned, to sign requests and to recognize requests of the function. */
export class CredentialCache implements SigningCredentials {
  readonly #provider: CredentialsProvider;
  readonly #clock: Clock;
  readonly #known = new Map<string, KnownCredentials>();
  /** The latest credentials, if they do not expire. */
  #lasting: KnownCredentials | undefined;
  #renewing: Promise<unknown> | undefined;
  /** The keys that the current renewal looks for. */
  readonly #wanted = new Set<string>();
  /** Monotonic time. */
  #nextRenewalAt = Number.NEGATIVE_INFINITY;

  constructor(provider: CredentialsProvider, clock: Clock) {
    this.#provider = provider;
    this.#clock = clock;
  }

  /** The credentials to sign with, at once if they do not expire. Rejects with the errors of the provider. */
  current(): KnownCredentials | Promise<KnownCredentials> {
    // The provider of the SDK creates a dozen promises to return the same credentials.
    return this.#lasting ?? this.#ask();
  }

  /** The credentials with this id; undefined if they are unknown. */
  find(accessKeyId: string): KnownCredentials | undefined {
    return this.#known.get(accessKeyId);
  }

  /**
   * Renews the credentials, at most once a second, and looks again. Callers within that second wait for the next renewal and
   * share it, so a key that has just rotated is found. Rejects with the errors of the provider.
   */
  async findRenewed(accessKeyId: string): Promise<KnownCredentials | undefined> {
    this.#wanted.add(accessKeyId);
    this.#renewing ??= this.#renew().finally(() => {
      this.#renewing = undefined;
      this.#wanted.clear();
    });
    await this.#renewing;
    return this.#known.get(accessKeyId);
  }

  async #ask(): Promise<KnownCredentials> {
    return this.#remember(await this.#provider(false));
  }

  async #renew(): Promise<void> {
    const waitMs = this.#nextRenewalAt - this.#clock.monotonic();
    if (waitMs > 0) await this.#pause(waitMs);
    const nextRenewalAt = this.#clock.monotonic() + RENEWAL_INTERVAL_MS;
    try {
      await this.current();
      if ([...this.#wanted].every((id) => this.#known.has(id))) return;
      this.#nextRenewalAt = nextRenewalAt;
      this.#remember(await this.#provider(true));
    } catch (error) {
      this.#nextRenewalAt = nextRenewalAt;
      throw error;
    }
  }

  #pause(delayMs: number): Promise<void> {
    return new Promise((resolve) => this.#clock.after(delayMs, resolve));
  }

  #remember(credentials: KnownCredentials): KnownCredentials {
    this.#known.set(credentials.accessKeyId, credentials);
    this.#lasting = credentials.expiration === undefined ? credentials : undefined;
    return credentials;
  }
}

/** Finds the credentials of roles. */
export interface RoleSigners {
  of(role: AssumedRole): SigningCredentials;
}

/**
 * The credentials of a role. Without them, a call must not be made as another identity.
 *
 * @throws {SourceRefusedError} if no roles can be assumed
 */
export const signerOf = (role: AssumedRole, signers: RoleSigners | undefined): SigningCredentials => {
  if (signers !== undefined) return signers.of(role);
  throw new SourceRefusedError(`the role ${role.roleArn} cannot be assumed here`);
};

/** Lists the places that were searched, and the settings to check. */
export const NO_CREDENTIALS =
  'no AWS credentials were found in AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, the shared config and credentials files, SSO, or the credentials endpoints of Lambda, containers and instances; set these two variables, or AWS_PROFILE outside Lambda';

/** The provider of credentials failed; its error is the cause. */
export class NoCredentialsError extends Error {
  override readonly name = 'NoCredentialsError';

  constructor(cause: unknown) {
    super(NO_CREDENTIALS, { cause });
  }
}

/** No credentials are available. The message contains no part of credentials. */
export class CredentialsProviderError extends Error {
  override readonly name = 'CredentialsProviderError';
}
