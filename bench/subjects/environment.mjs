import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The section of `cache.yaml` with these tables. */
export const tablesYaml = (tables) =>
  `dynamodb:\n${tables.map((table) => `  - table: ${table}\n    hashKey: id\n`).join('')}`;

/**
 * Writes `cache.yaml` into `folder` and returns the environment of an extension that uses it.
 *
 * @param {{ folder: string, path: string, port: number, tables?: string[], cacheYaml?: string, endpoint?: string,
 *   settings?: Record<string, string> }} what `path` is its `PATH`; `cacheYaml` is in place of `tables`; `endpoint` is its
 *   DynamoDB; `settings` are further variables
 */
export const extensionEnvironment = ({
  folder,
  path,
  port,
  tables,
  cacheYaml = tablesYaml(tables),
  endpoint,
  settings = {},
}) => {
  mkdirSync(folder, { recursive: true });
  const config = join(folder, 'cache.yaml');
  writeFileSync(config, cacheYaml);
  return {
    PATH: path,
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'id',
    AWS_SECRET_ACCESS_KEY: 'secret',
    CACHE_EXTENSION_CONFIG: config,
    CACHE_EXTENSION_PORT: String(port),
    ...(endpoint === undefined ? {} : { CACHE_EXTENSION_DYNAMODB_ENDPOINT: endpoint }),
    ...settings,
  };
};

/** The setting that loads all tables before the extension is ready. */
export const PRELOAD = { CACHE_EXTENSION_INIT_STARTUP: 'true' };
