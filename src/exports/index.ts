/**
 * The cache itself, without DynamoDB, HTTP and Lambda; exports the same names as `./core`. Importing it starts nothing.
 *
 * All other parts have their own entries:
 * - `./bootstrap`: the whole program as a container with replaceable components (`createContainer`)
 * - `./policy`: checks a `cache.yaml` and computes the IAM permissions that it needs (`checkCacheYaml`, `policyFor`)
 * - `./dynamodb`: keys, numbers and plain JSON of DynamoDB (`KeyCodec`, `plainJson`)
 * - `./adapters/config`, `./adapters/dynamodb`, `./adapters/http`, `./adapters/lambda`, `./adapters/memory`,
 *   `./adapters/process`, `./adapters/system`: one technology each
 *
 * @example
 * import { createCache } from 'dynamodb-cache-extension';
 *
 * @module
 */
export * from './core.ts';
