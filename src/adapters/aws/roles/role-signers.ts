import { SourceRefusedError } from '../../../domain/cache/errors.ts';
import type { AssumedRole } from '../../../domain/iam/assumed-role.ts';
import type { SigningCredentials } from '../credentials/credential-cache.ts';

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
