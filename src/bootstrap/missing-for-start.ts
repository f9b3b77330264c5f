import process from 'node:process';
import { NO_CREDENTIALS } from '../adapters/aws/credentials/credentials.ts';
import { EndpointResolver } from '../adapters/aws/endpoint-resolver.ts';
import { listedConfigurations } from '../adapters/config/cache-yaml/appconfig-section.ts';
import { listedParameters, listedSecrets } from '../adapters/config/cache-yaml/value-sections.ts';
import type { Settings } from '../adapters/config/settings.ts';
import { SystemClock } from '../adapters/system/system.ts';
import { arnRegion } from '../domain/named-values/names.ts';

/**
 * Checks for an AWS region and credentials, before the program is started without Lambda. Returns one message for each that is
 * missing.
 */
export const missingForStart = async (
  settings: Settings,
  env: NodeJS.ProcessEnv,
): Promise<readonly string[]> => {
  const { region } = settings;
  const needsRegion = region === undefined && isRegionNeeded(settings);
  // On an old Node.js the SDK would write a warning between the messages.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
  const missing = needsRegion ? ['no AWS region is set; set AWS_REGION, such as AWS_REGION=eu-west-1'] : [];
  const endpoints = new EndpointResolver({ env, region }, new SystemClock());
  try {
    await endpoints.credentials(false);
    return missing;
  } catch {
    return [...missing, NO_CREDENTIALS];
  }
};

/** Whether something that the file lists names no region. */
const isRegionNeeded = (settings: Settings): boolean => {
  const { tables, lifetimes, appConfigAgent } = settings;
  const parameters = listedParameters(settings, lifetimes)?.listed ?? [];
  const secrets = listedSecrets(settings, lifetimes)?.listed ?? [];
  const configurations = listedConfigurations(settings, lifetimes)?.listed ?? [];
  return (
    tables.some(({ region }) => region === undefined) ||
    parameters.some(
      ({ region, names, path }) =>
        region === undefined && (path !== undefined || names.some(isWithoutRegion)),
    ) ||
    secrets.some(({ region, ids }) => region === undefined && ids.some(isWithoutRegion)) ||
    (appConfigAgent?.region === undefined && configurations.some(({ region }) => region === undefined))
  );
};

const isWithoutRegion = (name: string): boolean => arnRegion(name) === undefined;
