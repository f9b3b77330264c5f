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

/** All credentials that our provider has given out since the start: whoever signs with any of them is who we are. */
export class KeyRing {
  readonly #provider: CredentialsProvider;
  readonly #known = new Map<string, KnownCredentials>();
  /** The latest, if they do not expire. */
  #lasting: KnownCredentials | undefined;
  #renewing: Promise<unknown> | undefined;

  constructor(provider: CredentialsProvider) {
    this.#provider = provider;
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

  /** The same, after the provider was asked once more. Rejects with its errors. */
  async findRenewed(accessKeyId: string): Promise<KnownCredentials | undefined> {
    await this.current();
    if (!this.#known.has(accessKeyId)) await this.#renew();
    return this.#known.get(accessKeyId);
  }

  async #ask(): Promise<KnownCredentials> {
    return this.#remember(await this.#provider(false));
  }

  #renew(): Promise<unknown> {
    this.#renewing ??= this.#provider(true)
      .then((credentials) => this.#remember(credentials))
      .finally(() => {
        this.#renewing = undefined;
      });
    return this.#renewing;
  }

  #remember(credentials: KnownCredentials): KnownCredentials {
    this.#known.set(credentials.accessKeyId, credentials);
    this.#lasting = credentials.expiration === undefined ? credentials : undefined;
    return credentials;
  }
}
