import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import process from 'node:process';
import { loadSettings } from '../../src/adapters/config/load-settings.ts';
import type { EndSignals } from '../stage/end-signals.ts';
import { choosePort, PortError } from '../stage/port.ts';
import { type ServedStatusPage, serveStatusPage } from '../stage/status-page.ts';
import type { Surroundings } from '../stage/surroundings.ts';
import { curlLines, shownTable } from './shown-tables.ts';
import { untilItAnswers } from './until-it-answers.ts';

/**
 * Runs the program as a local server for the tables that `configPath` names, until a signal comes.
 * Resolves with its exit status; what is wrong with the settings it says itself.
 */
export const serveLocally = async (
  { env, files, narrator }: Surroundings,
  configPath: string,
  ends: EndSignals,
): Promise<number> => {
  const givenEnv = environmentOf(env, configPath);
  const settings = await loadSettings(givenEnv).catch(() => undefined);
  // What is wrong with the settings the program itself says best, all at once; then there is no port to choose.
  const port = await (settings && choosePort(env, `npm start -- ${configPath}`))?.catch((error: unknown) => {
    if (!(error instanceof PortError)) throw error;
    narrator.problem(error.message);
  });
  if (settings !== undefined && port === undefined) return 1;
  const ownEnv = port === undefined ? givenEnv : { ...givenEnv, CACHE_EXTENSION_PORT: String(port) };
  // In a process group of its own, so that Ctrl-C reaches it once: by us.
  const server = spawn(process.execPath, [files.extension], {
    env: ownEnv,
    stdio: 'inherit',
    detached: true,
  });
  const ended = once(server, 'exit');
  void ends.first().then(() => server.kill('SIGTERM'));

  const over = AbortSignal.any([ends.signal, signalOf(ended)]);
  let statusPage: ServedStatusPage | undefined;
  if (settings !== undefined && port !== undefined && (await untilItAnswers(port, over))) {
    const { tables } = settings;
    narrator.title(`Listening on http://localhost:${port}`);
    narrator.say(...tables.map(shownTable));
    narrator.say(...curlLines(tables, port, ownEnv.CACHE_EXTENSION_TOKEN !== undefined));
    statusPage = await serveStatusPage(files.statusPage, port);
    narrator.say(`Status page: ${statusPage.url}`, 'Press Ctrl-C to stop.');
  }
  const [status, signal] = await ended;
  await statusPage?.close();
  if (typeof status === 'number') return status;
  narrator.problem(`${String(signal)} ended the server.`);
  return 1;
};

/** Aborted when the promise is settled. */
const signalOf = (ended: Promise<unknown>): AbortSignal => {
  const controller = new AbortController();
  const abort = () => controller.abort();
  ended.then(abort, abort);
  return controller.signal;
};

/** The environment as it is, except for what would make the program look for Lambda. */
const environmentOf = (env: NodeJS.ProcessEnv, configPath: string): NodeJS.ProcessEnv => {
  const { AWS_LAMBDA_RUNTIME_API: _, ...passedOn } = env;
  return {
    ...passedOn,
    // npm changes to the folder of the project, and says where it was called.
    CACHE_EXTENSION_CONFIG: resolve(env.INIT_CWD ?? process.cwd(), configPath),
  };
};
