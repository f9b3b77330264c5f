import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import process from 'node:process';
import { asArgument } from '../../src/adapters/command-line/program-command.ts';
import { type Settings, SettingsError } from '../../src/adapters/config/settings.ts';
import { loadProgramSettings } from '../../src/bootstrap/load-program-settings.ts';
import { missingForStart } from '../../src/bootstrap/missing-for-start.ts';
import type { EndSignals } from '../stage/end-signals.ts';
import { choosePort, PortError } from '../stage/port.ts';
import { type ServedStatusPage, serveStatusPage } from '../stage/status-page.ts';
import type { Surroundings } from '../stage/surroundings.ts';
import { curlLines, shownTable } from './shown-tables.ts';
import { shownValues, valueCurlLines } from './shown-values.ts';
import { untilItAnswers } from './until-it-answers.ts';

/**
 * Runs the program as a local server for the `cache.yaml` at `configPath`, until a signal comes. Resolves with its exit status;
 * says itself what is wrong with the settings.
 */
export const serveLocally = async (
  { env, files, narrator }: Surroundings,
  configPath: string,
  ends: EndSignals,
): Promise<number> => {
  const givenEnv = environmentOf(env, configPath);
  const preparation = await prepare(givenEnv, `npm start -- ${asArgument(configPath)}`);
  if ('problem' in preparation) {
    narrator.problem(preparation.problem);
    return 1;
  }
  const { settings, port } = preparation;
  const ownEnv: NodeJS.ProcessEnv = { ...givenEnv, CACHE_EXTENSION_PORT: String(port) };
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
  if (await untilItAnswers(port, over)) {
    const { tables, token } = settings;
    narrator.title(`Listening on http://localhost:${port}`);
    narrator.say(...tables.map(shownTable), ...shownValues(settings));
    narrator.say(
      ...curlLines(tables, port, token !== undefined),
      ...valueCurlLines(
        settings,
        port,
        TOKEN_VARIABLES.find((name) => ownEnv[name]),
      ),
    );
    statusPage = await serveStatusPage(files.statusPage, port);
    narrator.say(`Status page: ${statusPage.url}`, 'Press Ctrl-C to stop.');
  }
  const [status, signal] = await ended;
  await statusPage?.close();
  if (typeof status === 'number') return status;
  narrator.problem(`${String(signal)} ended the server.`);
  return 1;
};

type Preparation = { readonly settings: Settings; readonly port: number } | { readonly problem: string };

/**
 * Finds what the server needs, or what is wrong or missing. The extension would find the same, but knows neither the command
 * that was typed nor that a region and credentials are the reader's to set.
 *
 * @param restart the command that was typed
 */
const prepare = async (env: NodeJS.ProcessEnv, restart: string): Promise<Preparation> => {
  try {
    const settings = await loadProgramSettings(env);
    const missing = await missingForStart(settings, env);
    if (missing.length > 0) return { problem: missing.join('\n') };
    return { settings, port: await choosePort(env, restart) };
  } catch (error) {
    if (error instanceof SettingsError)
      return { problem: new SettingsError(error.problems, { restart }).message };
    if (error instanceof PortError) return { problem: error.message };
    throw error;
  }
};

/** The variables whose value requests for parameters and secrets may carry. */
const TOKEN_VARIABLES = ['CACHE_EXTENSION_TOKEN', 'AWS_SESSION_TOKEN'];

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
