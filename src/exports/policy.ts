/**
 * Checks a `cache.yaml` and computes the minimal IAM policy of the function's role, for deployment tools.
 * Does not load the AWS SDK.
 *
 * @module
 */
export type { CacheYamlSource, CheckedCacheYaml } from '../adapters/config/cache-yaml/check-cache-yaml.ts';
export type { PolicyConfiguration } from '../domain/appconfig/configuration-statements.ts';
export { policyFor } from '../application/dynamodb/access-policy.ts';
export {
  type CheckedSections,
  checkConfigText as checkCacheYaml,
  type PolicySubject,
  permissionsOfRole,
  policyForConfig,
  type RolePolicies,
  type TargetPolicies,
  type TargetScope,
  targetPoliciesForConfig,
} from '../bootstrap/check-config.ts';
export type {
  PolicyDocument,
  PolicyScope,
  PolicyStatement,
  PrincipalStatement,
  ResourcePolicy,
} from '../domain/iam/policy-document.ts';
