import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import process from 'node:process';
import { DEFAULT_PATH } from '../adapters/command-line/command-specs.ts';
import { NodeHttpServer } from '../adapters/http/server/node-server.ts';
import { StatusPageServer } from '../adapters/http/status-page/status-page-server.ts';
import { SignalEvents } from '../adapters/process/signal-events.ts';
import { type EarlyListener, openEarlyListener } from './early-listener.ts';
import { loadProgramSettings } from './load-program-settings.ts';
import { missingForStart } from './missing-for-start.ts';
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
  // Invalid settings are reported by `start`.
  const settings = await loadProgramSettings(env).catch(() => undefined);
  const missing = settings === undefined ? [] : await missingForStart(settings, env);
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
