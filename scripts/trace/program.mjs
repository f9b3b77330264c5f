import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Client } from './client.mjs';

const CHILD = fileURLToPath(new URL('child.mjs', import.meta.url));
const START_MS = 30_000;
const RHYTHM_MS = 20;

/** The instrumented program outside Lambda, in a process of its own. */
export class Program {
  #process;
  #port;
  #output = '';

  /**
   * Resolves when it accepts connections.
   *
   * @param {string} entry the instrumented command line
   * @param {string} configPath
   * @param {string} dynamoDb URL of the DynamoDB
   */
  static async start(entry, configPath, dynamoDb) {
    const program = new Program(entry, configPath, dynamoDb, await freePort());
    await program.#untilItListens();
    return program;
  }

  constructor(entry, configPath, dynamoDb, port) {
    this.#port = port;
    this.#process = fork(entry, ['start', configPath], {
      execArgv: ['--import', CHILD],
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      env: {
        AWS_ACCESS_KEY_ID: 'test',
        AWS_SECRET_ACCESS_KEY: 'test',
        AWS_REGION: 'us-east-1',
        CACHE_EXTENSION_DYNAMODB_ENDPOINT: dynamoDb,
        CACHE_EXTENSION_PORT: String(port),
      },
    });
    for (const stream of [this.#process.stdout, this.#process.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => {
        this.#output += text;
      });
    }
  }

  connect() {
    return Client.open(this.#port);
  }

  /**
   * Records what the program does meanwhile.
   *
   * @template Result
   * @param {() => Promise<Result>} work
   * @returns {Promise<{ result: Result, files: import('./recorder.mjs').TracedFile[], records: import('./recorder.mjs').TraceRecord[] }>}
   */
  async record(work) {
    await this.#ask('start');
    const result = await work();
    const { files, records } = await this.#ask('stop');
    return { result, files, records };
  }

  async close() {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    this.#process.kill('SIGKILL');
    await once(this.#process, 'exit');
  }

  async #ask(message) {
    this.#process.send(message);
    const [answer] = await once(this.#process, 'message');
    return answer;
  }

  async #untilItListens() {
    const end = Date.now() + START_MS;
    while (Date.now() < end && this.#process.exitCode === null) {
      try {
        (await this.connect()).close();
        return;
      } catch {
        await delay(RHYTHM_MS);
      }
    }
    await this.close();
    throw new Error(`the program does not listen on port ${this.#port}; it wrote: ${this.#output}`);
  }
}

/** A port that was free a moment ago. */
const freePort = async () => {
  const server = createServer();
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
};
