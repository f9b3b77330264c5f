import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** What starts a client: a program that reads a line with a key, and answers it with a line of JSON. */
export interface ClientCommand {
  readonly command: readonly [string, ...string[]];
  readonly env?: Readonly<Record<string, string>>;
}

/** What Lambda gives a function, and nothing else that an AWS SDK would look at. */
const OF_LAMBDA = {
  AWS_REGION: 'eu-west-1',
  AWS_DEFAULT_REGION: 'eu-west-1',
  AWS_ACCESS_KEY_ID: 'test',
  AWS_SECRET_ACCESS_KEY: 'test',
  AWS_EC2_METADATA_DISABLED: 'true',
  AWS_CONFIG_FILE: '/dev/null',
  AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
};

/** A function that reads products by one of the clients, in a process of its own. */
export class ClientProcess {
  readonly #child;
  readonly #lines: AsyncIterator<string>;
  #said = '';

  constructor({ command: [file, ...args], env: own }: ClientCommand, env: Readonly<Record<string, string>>) {
    const inherited = Object.entries(process.env).filter(([name]) => !/^(?:AWS|CACHE_EXTENSION)_/.test(name));
    this.#child = spawn(file, args, {
      env: { ...Object.fromEntries(inherited), ...OF_LAMBDA, ...own, ...env },
    });
    this.#child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#said += text;
    });
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
  }

  /** Resolves with the line that says what was read: an item, or `null` if there is none. */
  async read(pKey: string, sKey: string): Promise<string> {
    this.#child.stdin.write(`${pKey} ${sKey}\n`);
    const { value, done } = await this.#lines.next();
    if (done) throw new Error(`the client has ended, and said: ${this.#said}`);
    return value;
  }

  async close(): Promise<void> {
    const { exitCode, signalCode } = this.#child;
    if (exitCode !== null || signalCode !== null) return;
    const closed = once(this.#child, 'close');
    this.#child.kill('SIGKILL');
    await closed;
  }
}
