import type { AssumedRole } from './assumed-role.ts';
import { allowing, type PolicyStatement } from './policy-document.ts';

/** A statement of a policy that is attached to a resource or role, and names who may use it. */
export interface PrincipalStatement {
  readonly Sid: string;
  readonly Effect: 'Allow';
  readonly Principal: { readonly AWS: readonly string[] };
  readonly Action: readonly string[];
  /** Absent in the trust policy of a role. */
  readonly Resource?: readonly string[];
  readonly Condition?: PolicyStatement['Condition'];
}

/** The trust policy of a role, or the policy of a resource. */
export interface ResourcePolicy {
  readonly Version: '2012-10-17';
  readonly Statement: readonly PrincipalStatement[];
}

/** Stands for the function's role in policies, if it is not given. */
export const FUNCTION_ROLE = 'arn:aws:iam::FUNCTION_ACCOUNT:role/FUNCTION_ROLE';

/** The permission of the function to assume the roles. */
export const assumeRoleStatements = (roles: readonly AssumedRole[]): readonly PolicyStatement[] =>
  allowing(
    'AssumeRoles',
    'sts:AssumeRole',
    roles.map(({ roleArn }) => roleArn),
  );

/**
 * The trust policy of a role.
 *
 * @param uses the entries with this role. If all of them have an external id, the policy requires one of these
 * @param principal the ARN of the function's role
 */
export const trustPolicyOf = (uses: readonly AssumedRole[], principal: string): ResourcePolicy => {
  const ids = [...new Set(uses.flatMap(({ externalId }) => externalId ?? []))].sort();
  const isRequired = ids.length > 0 && uses.every(({ externalId }) => externalId !== undefined);
  return {
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'AssumeRole',
        Effect: 'Allow',
        Principal: { AWS: [principal] },
        Action: ['sts:AssumeRole'],
        ...(isRequired ? { Condition: { StringEquals: { 'sts:ExternalId': ids } } } : {}),
      },
    ],
  };
};

/** The same permissions, as the policy of a resource. */
export const resourcePolicyOf = (
  statements: readonly PolicyStatement[],
  principals: readonly string[],
): ResourcePolicy => ({
  Version: '2012-10-17',
  Statement: statements.map((statement) => ({
    ...statement,
    Principal: { AWS: [...new Set(principals)].sort() },
  })),
});
