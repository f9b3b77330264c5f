import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Writes `cache.yaml` into `folder` and returns the environment of an extension that uses it.
 *
 * @param {{ folder: string, path: string, port: number, tables: string[], endpoint?: string, settings?: Record<string, string> }} what
 *   `path` is its `PATH`; `endpoint` is its DynamoDB; `settings` are further variables
 */
export const extensionEnvironment = ({ folder, path, port, tables, endpoint, settings = {} }) => {
  mkdirSync(folder, { recursive: true });
  const config = join(folder, 'cache.yaml');
  writeFileSync(
    config,
    `dynamodb:\n${tables.map((table) => `  - table: ${table}\n    hashKey: id\n`).join('')}`,
  );
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
