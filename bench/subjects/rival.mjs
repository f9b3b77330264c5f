import { accessSync, constants, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { CORES } from '../machine/cores.mjs';
import { TimedExtensionsApi } from '../start/extensions-api.mjs';
import { Child } from './child.mjs';
import { extensionEnvironment, PRELOAD } from './environment.mjs';

/** The fixed port of the original extension. */
const PORT_OF_ORIGINAL = 4000;
const MOST_MS = 60_000;

/**
 * Returns the program that `BENCH_RIVAL` names, or undefined if the variable is not set.
 *
 * @returns {{ command: string[], port: number } | undefined}
 * @throws {Error} if the program or `BENCH_RIVAL_PORT` cannot be used
 */
export const rivalOf = ({ BENCH_RIVAL: program, BENCH_RIVAL_PORT: port }) => {
  if (!program) return undefined;
  if (!program.startsWith('/')) throw new Error(`BENCH_RIVAL is ${program}; an absolute path is required`);
  try {
    accessSync(program, constants.X_OK);
  } catch (error) {
    throw new Error(`BENCH_RIVAL is ${program}, which cannot be executed (${error.code})`);
  }
  const number = Number(port || PORT_OF_ORIGINAL);
  if (!Number.isInteger(number) || number < 1 || number > 65_535)
    throw new Error(`BENCH_RIVAL_PORT is ${port}; a port from 1 to 65535 is required`);
  return { command: [program], port: number };
};

/** The variables that lead a rival to the scripted DynamoDB and to its configuration. */
export const rivalEnvironment = ({ folder, port, tables, endpoint, settings }) =>
  extensionEnvironment({
    folder,
    path: process.env.PATH,
    port,
    tables,
    endpoint,
    settings: {
      LAMBDA_TASK_ROOT: folder,
      AWS_DEFAULT_REGION: 'eu-west-1',
      AWS_ENDPOINT_URL: endpoint,
      AWS_ENDPOINT_URL_DYNAMODB: endpoint,
      ...settings,
    },
  });

/** A rival that runs with an Extensions API of its own. */
export class Rival {
  #child;
  #api;
  #folder;

  constructor(child, api, folder, port) {
    this.#child = child;
    this.#api = api;
    this.#folder = folder;
    this.port = port;
  }

  /** Starts the rival with all items preloaded, and waits until it answers `target` with 200. */
  static async start({ command, port }, { endpoint, tables, target }) {
    const folder = mkdtempSync(join(tmpdir(), 'bench-rival-'));
    const api = new TimedExtensionsApi();
    await api.listen();
    const env = rivalEnvironment({ folder, port, tables, endpoint, settings: PRELOAD });
    const child = Child.start({
      command,
      core: CORES.measured,
      env: { ...env, AWS_LAMBDA_RUNTIME_API: api.address },
    });
    const rival = new Rival(child, api, folder, port);
    try {
      await rival.#answers(target);
    } catch (error) {
      await rival.stop();
      throw error;
    }
    return rival;
  }

  get pid() {
    return this.#child.pid;
  }

  async #answers(target) {
    const url = `http://127.0.0.1:${this.port}${target}`;
    const until = performance.now() + MOST_MS;
    while (performance.now() < until) {
      if (this.#child.isOver) throw new Error('the rival ended before it answered');
      const response = await fetch(url).catch(() => undefined);
      await response?.arrayBuffer();
      if (response?.status === 200) return;
      await delay(20);
    }
    throw new Error(`the rival did not answer ${url} with 200 within ${MOST_MS / 1000} s`);
  }

  async stop() {
    this.#api.shutDown();
    await this.#child.stop();
    this.#api.close();
    rmSync(this.#folder, { recursive: true });
  }
}
