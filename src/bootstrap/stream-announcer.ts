import process from 'node:process';
import { CredentialCache } from '../adapters/aws/credentials/credentials.ts';
import { EndpointResolver } from '../adapters/aws/endpoint-resolver.ts';
import { readStreamSettings } from '../adapters/config/environment/stream-settings.ts';
import { DynamoDbUpstream } from '../adapters/dynamodb/dynamodb-upstream.ts';
import { DynamoDbJournal } from '../adapters/dynamodb/journal/dynamodb-journal.ts';
import { StreamHandler } from '../adapters/dynamodb-stream/stream-handler.ts';
import { TableKeys } from '../adapters/dynamodb-stream/table-keys.ts';
import { EmfMetrics } from '../adapters/observability/emf-metrics.ts';
import { JsonLogger } from '../adapters/observability/json-logger.ts';
import { SystemClock, SystemRandom } from '../adapters/system/system.ts';
import { VERSION } from '../domain/program/version.ts';

/**
 * Makes the handler of the function that announces the changes in streams.
 *
 * @throws {Error} if a variable is invalid or missing
 */
export const createStreamHandler = (env: NodeJS.ProcessEnv): StreamHandler => {
  const { settings, journal, keyNames } = readStreamSettings(env);
  const {
    region,
    proxy,
    endpoints,
    credentialsEndpoint,
    timeoutMs,
    logLevel,
    functionName = 'local',
  } = settings;
  // On an old Node.js the SDK would log a warning that the function's owner cannot act on.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
  const clock = new SystemClock();
  const resolver = new EndpointResolver(
    { env, region, endpoint: settings.dynamoDbEndpoint, endpoints, credentialsEndpoint },
    clock,
  );
  const credentialCache = new CredentialCache((renewed) => resolver.credentials(renewed), clock);
  const upstream = new DynamoDbUpstream({ credentialCache, endpoints: resolver, clock, region, proxy });
  const logger = new JsonLogger({ output: process.stdout, clock, level: logLevel, version: VERSION });
  const published = new EmfMetrics({ output: process.stdout, clock, functionName });
  return new StreamHandler({
    journal: new DynamoDbJournal({ ...journal, upstream, clock, random: new SystemRandom() }),
    journalTable: journal.table,
    tableKeys: new TableKeys({ upstream, configured: keyNames, timeoutMs, logger }),
    timeoutMs,
    clock,
    logger,
    ...(settings.metrics === 'emf' ? { count: (metrics) => published.count(metrics) } : {}),
  });
};
