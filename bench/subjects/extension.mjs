import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { CORES } from '../machine/cores.mjs';
import { Child, freePort } from './child.mjs';
import { extensionEnvironment } from './environment.mjs';

const MOST_MS = 120_000;

/** The extension, started from a layer against scripted services of AWS. */
export class Extension {
  #child;
  #folder;

  constructor(child, folder, port) {
    this.#child = child;
    this.#folder = folder;
    this.port = port;
  }

  /**
   * Starts the extension and waits until it is ready and the preload is done.
   *
   * @param {{ command: string[], path: string, endpoint: string, tables?: string[], cacheYaml?: string,
   *   settings?: Record<string, string>, core?: string }} what `path` is its `PATH`, with the Node.js that runs it; `cacheYaml`
   *   is in place of `tables`; `settings` are environment variables
   */
  static async start({ command, path, core = CORES.measured, ...environment }) {
    const folder = mkdtempSync(join(tmpdir(), 'bench-extension-'));
    const port = await freePort();
    const child = Child.start({
      command,
      core,
      env: extensionEnvironment({ folder, path, port, ...environment }),
    });
    const extension = new Extension(child, folder, port);
    await extension.#ready();
    return extension;
  }

  get pid() {
    return this.#child.pid;
  }

  /** Duration of the preload in milliseconds, from the log, which needs level `info`. */
  get preloadMs() {
    const line = this.#child.output.split('\n').find((each) => each.includes('"durationMs"'));
    return JSON.parse(line).durationMs;
  }

  /** Returns the body of `GET /health`. */
  async health() {
    return (await fetch(`http://127.0.0.1:${this.port}/health`)).json();
  }

  async #ready() {
    const until = performance.now() + MOST_MS;
    while (performance.now() < until) {
      if (this.#child.isOver) throw new Error('the extension ended before it was ready');
      const health = await this.health().catch(() => undefined);
      if (health?.preload.every(({ state }) => state !== 'waiting' && state !== 'running')) return;
      await delay(20);
    }
    throw new Error('the extension was not ready in time');
  }

  async stop() {
    await this.#child.stop();
    rmSync(this.#folder, { recursive: true });
  }
}
