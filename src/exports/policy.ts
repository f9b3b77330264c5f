/**
 * Checks a `cache.yaml` and computes the minimal IAM policy of the function's role, for deployment tools.
 * Does not load the AWS SDK.
 *
 * @module
 */
export {
  type CacheYamlSource,
  type CheckedCacheYaml,
  checkCacheYaml,
} from '../adapters/config/cache-yaml/check-cache-yaml.ts';
export {
  type PolicyDocument,
  type PolicyScope,
  type PolicyStatement,
  policyFor,
} from '../application/dynamodb/access-policy.ts';
