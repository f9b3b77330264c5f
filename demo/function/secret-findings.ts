/** The outcome of one login with a version of the secret. */
export interface Login {
  readonly versionId: string;
  readonly isAccepted: boolean;
}

/** What a function found that reads a parameter and a secret repeatedly, and logs in to a database with them. */
export interface SecretFindings {
  /** Reads of the parameter, and as many of the secret. */
  readonly reads: number;
  /** The median of all reads. */
  readonly medianMs: number;
  /** The value of the parameter. */
  readonly host: string;
  /** In their order; a second one follows if the first was rejected. */
  readonly logins: readonly Login[];
}
