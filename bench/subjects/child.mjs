import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { onCore } from '../machine/cores.mjs';

const MOST_MS = 60_000;

/** A process of the bench, which ends with it. */
export class Child {
  /** What it has written so far. */
  output = '';
  #process;

  constructor(process) {
    this.#process = process;
    process.stdout.setEncoding('utf8').on('data', (text) => {
      this.output += text;
    });
  }

  /** Starts a program on a core; one that is `told` has a channel for messages. */
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

  /** Whether it has come to an end. */
  get isOver() {
    return this.#process.exitCode !== null || this.#process.signalCode !== null;
  }

  /** Sends a message, if there is one, and resolves with the next that comes. */
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

/** A port that is free at the moment. */
export const freePort = async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
};
