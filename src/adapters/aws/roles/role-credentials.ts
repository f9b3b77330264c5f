import { type AssumedRole, assumedRoleId } from '../../../domain/iam/assumed-role.ts';
import type { Clock } from '../../../ports/outbound/clock.ts';
import type { Credentials, SigningCredentials } from '../credentials/credentials.ts';
import { ExpiringCredentials, retryAfterFreeze } from '../credentials/expiring-credentials.ts';
import type { SecurityTokenService, SecurityTokenServiceParts } from './security-token-service.ts';

/** The credentials of all roles that the function assumes. The client of STS is loaded with the first call. */
export class RoleCredentials {
  readonly #parts: SecurityTokenServiceParts;
  readonly #known = new Map<string, SigningCredentials>();
  #service: SecurityTokenService | undefined;

  constructor(parts: SecurityTokenServiceParts) {
    this.#parts = parts;
  }

  /** The credentials of a role. They are kept, so the caller bounds the number of roles. */
  of(role: AssumedRole): SigningCredentials {
    const id = assumedRoleId(role);
    const known = this.#known.get(id);
    if (known !== undefined) return known;
    const { clock } = this.#parts;
    const assume = (signal: AbortSignal) => this.#assume(role, signal);
    const attempts = new SpacedAttempts(() => retryAfterFreeze(assume, TIMEOUT_MS, clock), clock);
    const credentials = new ExpiringCredentials(() => attempts.run(), clock);
    this.#known.set(id, credentials);
    return credentials;
  }

  async #assume(role: AssumedRole, signal: AbortSignal): Promise<Credentials> {
    const { SecurityTokenService } = await import('./security-token-service.ts');
    this.#service ??= new SecurityTokenService(this.#parts);
    return this.#service.assumeRole(role, signal);
  }
}

const TIMEOUT_MS = 5_000;
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 30_000;

/** Attempts to get credentials. After each failure, a longer pause follows, in which that failure is the answer. */
class SpacedAttempts {
  readonly #attempt: () => Promise<Credentials>;
  readonly #clock: Clock;
  #failure: unknown;
  /** 0 after a success. */
  #pauseMs = 0;
  /** Monotonic time. */
  #failedAt = 0;

  constructor(attempt: () => Promise<Credentials>, clock: Clock) {
    this.#attempt = attempt;
    this.#clock = clock;
  }

  async run(): Promise<Credentials> {
    const sinceMs = this.#clock.monotonic() - this.#failedAt;
    if (sinceMs >= 0 && sinceMs < this.#pauseMs) throw this.#failure;
    try {
      const credentials = await this.#attempt();
      this.#pauseMs = 0;
      return credentials;
    } catch (error) {
      this.#failure = error;
      this.#failedAt = this.#clock.monotonic();
      this.#pauseMs = Math.min(Math.max(FIRST_PAUSE_MS, this.#pauseMs * 2), LONGEST_PAUSE_MS);
      throw error;
    }
  }
}
