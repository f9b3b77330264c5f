import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

export const WRAPPER = fileURLToPath(new URL('../../layers/endpoint-wrapper.sh', import.meta.url));
export const ENDPOINT = 'AWS_ENDPOINT_URL_DYNAMODB';

interface Start {
  readonly env?: Readonly<Record<string, string>>;
  readonly shell?: string;
  readonly wrapper?: string;
}

const PRINTS_ITS_START = 'process.stdout.write(JSON.stringify([process.argv.slice(1), process.env]))';

/** Starts runtimes through the wrapper, beside a listener in place of the extension. */
export class WrappedRuntimes {
  readonly folder = mkdtempSync(join(tmpdir(), 'endpoint-wrapper-'));
  readonly #extension = createServer((socket) => socket.on('error', () => undefined).end());
  port = '';

  async open() {
    symlinkSync('/bin/bash', join(this.folder, 'sh'));
    this.#extension.listen(0, '127.0.0.1');
    await once(this.#extension, 'listening');
    const address = this.#extension.address();
    this.port = String(typeof address === 'object' && address?.port);
  }

  async close() {
    rmSync(this.folder, { recursive: true });
    this.#extension.close();
    await once(this.#extension, 'close');
  }

  /** Returns the arguments and variables that the runtime got. The shell finds no other program. `sh` is a bash of that name. */
  async start({ env = {}, shell = '/bin/bash', wrapper = WRAPPER }: Start = {}) {
    const runtime = [process.execPath, '-e', PRINTS_ITS_START, 'two words', '$HOME *'];
    const child = spawn(shell === 'sh' ? join(this.folder, 'sh') : shell, [wrapper, ...runtime], {
      env: { PATH: '/nowhere', CACHE_EXTENSION_PORT: this.port, ...env },
      timeout: 20_000,
    });
    const ended = once(child, 'close');
    const [said, complaint] = await Promise.all([text(child.stdout), text(child.stderr)]);
    const [status] = await ended;
    const [args, variables]: [string[], Record<string, string>] = JSON.parse(said);
    return { status, args, variables, endpoint: variables[ENDPOINT], complaint };
  }
}
