import { randomBytes } from 'node:crypto';
import type { AwsCredentials } from './signature.ts';

/** An IAM role, as far as assuming it depends on it. */
export interface RoleInput {
  /** What the trust policy requires as `sts:ExternalId`; any, and none, if it is absent. */
  readonly externalId?: string;
  /** The accounts that the trust policy names. Default: that of the emulator. */
  readonly trustedAccounts?: readonly string[];
  /** Seconds; 3600 by default. */
  readonly maxSessionSeconds?: number;
}

export interface StoredRole extends Required<Omit<RoleInput, 'externalId'>> {
  readonly arn: string;
  readonly accountId: string;
  readonly name: string;
  readonly externalId: string | undefined;
}

/** Credentials that `AssumeRole` issued. */
export interface RoleSession {
  readonly credentials: Required<AwsCredentials>;
  readonly accountId: string;
  readonly roleArn: string;
  readonly sessionName: string;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

/** The form of the ARN of a role: its account, and its path with the name. */
export const ROLE_ARN = /^arn:aws[a-z-]*:iam::(\d{12}):role\/((?:[!-~]+\/)?([\w+=,.@-]{1,64}))$/;

/** Roles of any account, and the sessions of those that were assumed. */
export class RoleStore {
  readonly #accountId: string;
  readonly #roles = new Map<string, StoredRole>();
  readonly #sessions: RoleSession[] = [];

  /** @param accountId of the emulator */
  constructor(accountId: string) {
    this.#accountId = accountId;
  }

  /** Creates or replaces a role. */
  put(arn: string, { externalId, trustedAccounts, maxSessionSeconds = 3600 }: RoleInput = {}): void {
    const [, accountId = '', , name = ''] = ROLE_ARN.exec(arn) ?? [];
    if (name === '') throw new Error(`${arn} is not the ARN of a role`);
    const trusted = trustedAccounts ?? [this.#accountId];
    this.#roles.set(arn, { arn, accountId, name, externalId, trustedAccounts: trusted, maxSessionSeconds });
  }

  delete(arn: string): void {
    this.#roles.delete(arn);
  }

  find(arn: string): StoredRole | undefined {
    return this.#roles.get(arn);
  }

  /** All sessions since the start, in their order. */
  get sessions(): readonly RoleSession[] {
    return this.#sessions;
  }

  /** The session with this access key. */
  sessionOf(accessKeyId: string): RoleSession | undefined {
    return this.#sessions.find(({ credentials }) => credentials.accessKeyId === accessKeyId);
  }

  /** Issues credentials. */
  issue(role: StoredRole, sessionName: string, expiresAt: number): RoleSession {
    const credentials = {
      accessKeyId: `ASIA${randomBytes(8).toString('hex').toUpperCase()}`,
      secretAccessKey: randomBytes(30).toString('base64'),
      sessionToken: randomBytes(120).toString('base64'),
    };
    const session = { credentials, accountId: role.accountId, roleArn: role.arn, sessionName, expiresAt };
    this.#sessions.push(session);
    return session;
  }
}
