import process from 'node:process';
import { NO_CREDENTIALS } from '../adapters/aws/credentials/credentials-provider-error.ts';
import { EndpointResolver } from '../adapters/aws/endpoint-resolver.ts';
import { loadSettings } from '../adapters/config/load-settings.ts';
import { SystemClock } from '../adapters/system/system-clock.ts';

/** What must be set before anything can be read from DynamoDB, and is not: one line each. Wrong settings are left to the start. */
export const missingForStart = async (env: NodeJS.ProcessEnv): Promise<readonly string[]> => {
  const settings = await loadSettings(env).catch(() => undefined);
  if (settings === undefined) return [];
  const { region, tables } = settings;
  const needsRegion = region === undefined && tables.some((table) => table.region === undefined);
  // The SDK would write a warning about old versions of Node.js between the messages.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
  const missing = needsRegion ? ['no AWS region is set; set AWS_REGION, such as AWS_REGION=eu-west-1'] : [];
  const knowledge = new EndpointResolver(
    { env, ...(region === undefined ? {} : { region }) },
    new SystemClock(),
  );
  try {
    await knowledge.credentials(false);
    return missing;
  } catch {
    return [...missing, NO_CREDENTIALS];
  }
};
