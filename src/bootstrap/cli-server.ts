import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import process from 'node:process';
import { NO_CREDENTIALS } from '../adapters/aws/credentials/credentials.ts';
import { EndpointResolver } from '../adapters/aws/endpoint-resolver.ts';
import { DEFAULT_PATH } from '../adapters/command-line/command-specs.ts';
import { loadSettings } from '../adapters/config/load-settings.ts';
import { NodeHttpServer } from '../adapters/http/server/node-server.ts';
import { StatusPageServer } from '../adapters/http/status-page/status-page-server.ts';
import { SignalEvents } from '../adapters/process/signal-events.ts';
import { SystemClock } from '../adapters/system/system.ts';
import { type EarlyListener, openEarlyListener } from './early-listener.ts';
import { SECTIONS } from './modules/sections.ts';
import { RunWhenIdle } from './run-when-idle.ts';
import { start } from './start.ts';

/**
 * Runs the cache server without Lambda until a signal ends the process.
 *
 * @param program the command that starts the program, for advice
 */
export const serveLocally = async (
  path: string | undefined,
  port: string | undefined,
  program: string,
): Promise<never> => {
  const env = {
    ...process.env,
    AWS_LAMBDA_RUNTIME_API: undefined,
    CACHE_EXTENSION_CONFIG: path ?? (process.env.CACHE_EXTENSION_CONFIG || defaultPath()),
    ...(port === undefined ? {} : { CACHE_EXTENSION_PORT: port }),
  };
  const missing = await missingForStart(env);
  if (missing.length > 0) {
    process.stderr.write(`${missing.join('\n')}\n`);
    process.exit(1);
  }
  const listener = await openEarlyListener(env, (settings) => new NodeHttpServer(settings));
  const paged = await withStatusPage(listener);
  const announce = () => {
    const url = `http://localhost:${listener.server?.port}`;
    process.stderr.write(
      `Serving on ${url} until Ctrl-C.\nNext, in another terminal: curl ${url}/health\nStatus page: ${url}/\n`,
    );
  };
  process.exit(
    await start(env, paged, Promise.resolve(new RunWhenIdle(new SignalEvents(), announce)), program),
  );
};

/** Undefined if no file is needed: then the ports of AWS's extensions are served without one, as in Lambda. */
const defaultPath = (): string | undefined =>
  existsSync(DEFAULT_PATH) || !process.env.CACHE_EXTENSION_COMPATIBILITY ? DEFAULT_PATH : undefined;

/** The build puts the page beside this folder. */
const STATUS_PAGE = new URL('../status-page.html', import.meta.url);

const withStatusPage = async (listener: EarlyListener): Promise<EarlyListener> =>
  listener.server === undefined
    ? listener
    : { ...listener, server: new StatusPageServer(listener.server, await readFile(STATUS_PAGE, 'utf8')) };

/**
 * Checks for an AWS region and credentials. Returns one message for each that is missing; invalid settings are reported by
 * `start`.
 */
const missingForStart = async (env: NodeJS.ProcessEnv): Promise<readonly string[]> => {
  const settings = await loadSettings(env, undefined, SECTIONS).catch(() => undefined);
  if (settings === undefined) return [];
  const { region, tables } = settings;
  const needsRegion = region === undefined && tables.some((table) => table.region === undefined);
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
