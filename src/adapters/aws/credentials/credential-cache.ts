import type { Clock } from '../../../ports/outbound/clock.ts';

/** What requests are signed with, wherever it came from. */
export interface KnownCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
  /** The account that they belong to, where whoever gave them out said so. */
  readonly accountId?: string | undefined;
  /** Absent where they hold for as long as the process lives. */
  readonly expiration?: Date | undefined;
}

/** Gives out credentials: those that are valid still, or with `renewed` those of this moment. */
export type CredentialsProvider = (renewed: boolean) => Promise<KnownCredentials>;

/** The least time from one call for an unknown key to the next: each such call reaches the credentials endpoint. */
const RENEWAL_INTERVAL_MS = 1000;

/** All credentials that our provider has given out since the start: whoever signs with any of them is who we are. */
export class CredentialCache {
  readonly #provider: CredentialsProvider;
  readonly #clock: Clock;
  readonly #known = new Map<string, KnownCredentials>();
  /** The latest, if they do not expire. */
  #lasting: KnownCredentials | undefined;
  #renewing: Promise<unknown> | undefined;
  /** The keys that the renewal under way is for. */
  readonly #wanted = new Set<string>();
  /** Monotonic time. */
  #nextRenewalAt = Number.NEGATIVE_INFINITY;

  constructor(provider: CredentialsProvider, clock: Clock) {
    this.#provider = provider;
    this.#clock = clock;
  }

  /** What to sign with now, at once if that does not expire. Rejects with the errors of the provider. */
  current(): KnownCredentials | Promise<KnownCredentials> {
    // The SDK makes a dozen promises to say the same again.
    return this.#lasting ?? this.#ask();
  }

  /** The credentials with this id, at once if they are known. */
  find(accessKeyId: string): KnownCredentials | undefined {
    return this.#known.get(accessKeyId);
  }

  /**
   * The same, after the provider was asked once more, at most once a second: callers within that second wait for the next
   * call and share it, so that a key that has just rotated is found all the same. Rejects with the provider's errors.
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
