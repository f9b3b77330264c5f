import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { Agent } from 'node:http';
import type { Status } from '../../../src/ports/inbound/status-reader.ts';
import { type CacheYamlFile, writeCacheYaml } from '../e2e/cache-yaml-file.ts';
import { eventually } from '../e2e/eventually.ts';
import { programStart } from '../e2e/program.ts';
import { freePort } from '../free-port.ts';
import { exchange } from '../http/exchange.ts';

/** Requests that are under way at the same time. */
const AT_A_TIME = 32;

/** What came back, without the body. */
interface BriefAnswer {
  readonly status: number;
  /** The Cache-Status header. */
  readonly cacheStatus: string;
}

interface FloodOptions {
  /** The text of the file. */
  readonly cacheYaml?: string;
  /** How many descriptors the program may have open; by default as many as the test itself. */
  readonly descriptors?: number;
}

/** The built program outside Lambda, asked faster than an ordinary client would, and watched for its memory. */
export class FloodedProgram {
  readonly #port: number;
  readonly #file: CacheYamlFile;
  readonly #child: ChildProcess;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: AT_A_TIME });

  private constructor(port: number, file: CacheYamlFile, child: ChildProcess) {
    this.#port = port;
    this.#file = file;
    this.#child = child;
  }

  /** Starts it over the table `Things` of the DynamoDB at `endpoint`; it has read from it once. */
  static async start(
    endpoint: string,
    env: Readonly<Record<string, string>>,
    { cacheYaml = 'dynamodb: [{ table: Things, hashKey: id }]', descriptors }: FloodOptions = {},
  ): Promise<FloodedProgram> {
    const port = await freePort();
    const file = await writeCacheYaml(cacheYaml);
    const start = programStart(file, {
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      AWS_REGION: 'eu-west-1',
      CACHE_EXTENSION_DYNAMODB_ENDPOINT: endpoint,
      CACHE_EXTENSION_PORT: String(port),
      CACHE_EXTENSION_TIMEOUT: '30s',
      ...env,
    });
    const [command, ...args] =
      descriptors === undefined
        ? start.command
        : ['/bin/sh', '-c', `ulimit -n ${descriptors}; exec "$@"`, 'sh', ...start.command];
    const child = spawn(String(command), args, {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...start.env },
    });
    const program = new FloodedProgram(port, file, child);
    await eventually(
      () => program.ask('nobody').catch(() => undefined),
      (answer) => answer?.status === 404,
    );
    return program;
  }

  /** Asks for the item of this id. @param padding what goes to the end of the query */
  async ask(id: string, padding = ''): Promise<BriefAnswer> {
    const answer = await this.#get(`/dynamodb?name=Things@@${id}${padding}`);
    return { status: answer.status, cacheStatus: answer.cacheStatus };
  }

  /** Asks for one id after the other, many at a time, until there are no more. */
  async askAll(
    ids: Iterable<string>,
    learn: (id: string, answer: BriefAnswer) => void,
    padding = '',
  ): Promise<void> {
    const rest = ids[Symbol.iterator]();
    const asking = async () => {
      for (let next = rest.next(); next.done !== true; next = rest.next()) {
        learn(next.value, await this.ask(next.value, padding));
      }
    };
    await Promise.all(Array.from({ length: AT_A_TIME }, asking));
  }

  async status(): Promise<Status> {
    return JSON.parse((await this.#get('/health')).body);
  }

  /** What the process has in memory, as the kernel counts it. Linux only. */
  async residentBytes(): Promise<number> {
    const status = await readFile(`/proc/${this.#child.pid}/status`, 'utf8');
    return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024;
  }

  /** The most that it had in memory since the start, or since `forgetPeak`. Linux only. */
  async peakBytes(): Promise<number> {
    const status = await readFile(`/proc/${this.#child.pid}/status`, 'utf8');
    return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024;
  }

  /** From now on the peak is counted anew. Linux only. */
  async forgetPeak(): Promise<void> {
    await writeFile(`/proc/${this.#child.pid}/clear_refs`, '5');
  }

  get pid(): number {
    return this.#child.pid ?? -1;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** Whether it still runs. */
  get isAlive(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  async close(): Promise<void> {
    this.#agent.destroy();
    if (this.isAlive) {
      const exited = once(this.#child, 'exit');
      this.#child.kill('SIGKILL');
      await exited;
    }
    await this.#file.remove();
  }

  async #get(path: string): Promise<BriefAnswer & { readonly body: string }> {
    const { status, headers, body } = await exchange(this.url, { path, agent: this.#agent });
    return { status, cacheStatus: String(headers['cache-status']), body };
  }
}
