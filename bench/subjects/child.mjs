import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { onCore } from '../machine/cores.mjs';

const MOST_MS = 60_000;

/** A child process that ends with the bench. */
export class Child {
  /** Its output so far. */
  output = '';
  #process;

  constructor(process) {
    this.#process = process;
    process.stdout.setEncoding('utf8').on('data', (text) => {
      this.output += text;
    });
  }

  /** Starts a program on a core; `told` opens a message channel. */
  static start({ command, core, env = { PATH: process.env.PATH }, told = false }) {
    const [program, ...args] = onCore(core, command);
    const child = spawn(program, args, {
      env,
      stdio: ['ignore', 'pipe', 'inherit', ...(told ? ['ipc'] : [])],
    });
    child.on('error', (error) => console.error(`${program}: ${error.message}`));
    return new Child(child);
  }

  get pid() {
    return this.#process.pid;
  }

  /** Whether the process has exited. */
  get isOver() {
    return this.#process.exitCode !== null || this.#process.signalCode !== null;
  }

  /** Sends a message, if given, and resolves with the next message received. */
  async ask(message, mostMs = MOST_MS) {
    const signal = AbortSignal.timeout(mostMs);
    const answer = once(this.#process, 'message', { signal });
    if (message !== undefined) this.#process.send(message);
    const [said] = await answer;
    if (said.error !== undefined) throw new Error(said.error);
    return said;
  }

  async stop() {
    if (this.isOver) return;
    const exited = once(this.#process, 'exit');
    this.#process.kill('SIGTERM');
    const timer = setTimeout(() => this.#process.kill('SIGKILL'), 3000);
    await exited;
    clearTimeout(timer);
  }
}

/** Returns a port that is currently free. */
export const freePort = async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
};
