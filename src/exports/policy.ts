/**
 * What a `cache.yaml` says, and the least that the role of its function must allow, for tools that deploy.
 * Loads nothing of AWS.
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
