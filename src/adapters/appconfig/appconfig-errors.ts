import { CacheError } from '../../domain/cache/errors.ts';
import type { AssumedRole } from '../../domain/iam/assumed-role.ts';
import { asUpstreamError, serviceFailure } from '../aws/service-failure.ts';

/** The call of AppConfigData that failed. */
export interface FailedConfigurationCall {
  readonly operation: string;
  /** How the message names the configuration. */
  readonly subject: string;
  /** The role that signs the call; absent for the function's own. */
  readonly role?: AssumedRole | undefined;
  readonly signal: AbortSignal;
}

/** Hints for refusals, by error name. */
const HINTS: ReadonlyMap<string, string> = new Map([
  ['BadRequestException', 'check application, environment and profile'],
]);

/** Converts an error of a call to a domain error, which has it as its cause. */
export const asAppConfigError = (
  cause: unknown,
  { operation, subject, role, signal }: FailedConfigurationCall,
): CacheError => {
  if (signal.aborted && signal.reason instanceof CacheError) return signal.reason;
  return serviceFailure(asUpstreamError(cause), {
    service: 'AppConfig',
    subject: `${operation} of ${subject}`,
    permission: `appconfig:${operation} on the configuration, and kms:Decrypt if a customer managed key encrypts it`,
    hints: HINTS,
    role,
    signal,
  });
};
