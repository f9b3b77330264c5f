import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '../e2e/eventually.ts';
import { freePort } from '../free-port.ts';

const PROGRAM = ['valkey-server', 'redis-server'].find(
  (program) => spawnSync(program, ['--version']).status === 0,
);

/** Why there is no server here, for the name of what is skipped; undefined if there is one. */
export const NO_VALKEY =
  PROGRAM === undefined ? 'neither valkey-server nor redis-server is installed' : undefined;

/** A server of Valkey or Redis on a port of its own, which keeps nothing on disk. */
export class ValkeyServer {
  readonly port: number;
  readonly #folder: string;
  readonly #options: readonly string[];
  #process: ChildProcess | undefined;

  private constructor(port: number, folder: string, options: readonly string[]) {
    this.port = port;
    this.#folder = folder;
    this.#options = options;
  }

  /** @param options as on the command line, such as `--requirepass` and its value */
  static async start(...options: readonly string[]): Promise<ValkeyServer> {
    const folder = await mkdtemp(join(tmpdir(), 'valkey-'));
    const server = new ValkeyServer(await freePort(), folder, options);
    await server.startAgain();
    return server;
  }

  /** Starts the server, which is empty. */
  async startAgain(): Promise<void> {
    if (PROGRAM === undefined) throw new Error(NO_VALKEY);
    const port = this.#options.includes('--tls-port') ? [] : ['--port', String(this.port)];
    const fixed = ['--bind', '127.0.0.1', '--save', '', '--dir', this.#folder];
    const options = this.#options.map((option) => (option === 'PORT' ? String(this.port) : option));
    this.#process = spawn(PROGRAM, [...port, ...fixed, ...options], { stdio: 'ignore' });
    await eventually(
      () => this.#isListening(),
      (isListening) => isListening,
    );
  }

  /** Ends the server and its connections. */
  async stop(): Promise<void> {
    const running = this.#process;
    this.#process = undefined;
    if (running === undefined || running.exitCode !== null) return;
    const ended = once(running, 'exit');
    running.kill('SIGKILL');
    await ended;
  }

  /** Connections stay open, and nothing is answered. */
  pause(): void {
    this.#process?.kill('SIGSTOP');
  }

  resume(): void {
    this.#process?.kill('SIGCONT');
  }

  /** Makes the server the only one of a cluster, which it stays. */
  async inCluster(): Promise<void> {
    await this.command('CLUSTER', 'ADDSLOTSRANGE', '0', '16383');
    await this.whenClustered();
  }

  /** Resolves when the cluster works, which takes a moment after each start. */
  async whenClustered(): Promise<void> {
    await eventually(
      () => this.command('CLUSTER', 'INFO'),
      (answer) => answer.includes('cluster_state:ok'),
    );
  }

  async close(): Promise<void> {
    await this.stop();
    await rm(this.#folder, { recursive: true });
  }

  /** Sends one command, and resolves with the first part of the answer. */
  async command(...words: readonly string[]): Promise<string> {
    const socket = connect(this.port, '127.0.0.1');
    try {
      await once(socket, 'connect');
      const lines = words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`);
      socket.write(`*${words.length}\r\n${lines.join('')}`);
      const [answer] = await once(socket, 'data');
      return String(answer);
    } finally {
      socket.destroy();
    }
  }

  async #isListening(): Promise<boolean> {
    const socket = connect(this.port, '127.0.0.1');
    const isListening = await once(socket, 'connect').then(
      () => true,
      () => false,
    );
    socket.destroy();
    return isListening;
  }
}
