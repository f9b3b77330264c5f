import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import * as v from 'valibot';

/** Where Debian has it; undefined if it is not installed. */
export const CHROMIUM = ['/usr/bin/chromium', '/usr/bin/chromium-browser'].find((path) => existsSync(path));

const message = v.object({
  id: v.optional(v.number()),
  result: v.optional(v.record(v.string(), v.unknown())),
  error: v.optional(v.object({ message: v.string() })),
});

interface Waiting {
  readonly resolve: (result: Readonly<Record<string, unknown>>) => void;
  readonly reject: (error: Error) => void;
}

/** One page in a headless browser, driven by the DevTools protocol over two pipes. */
export class BrowserPage {
  readonly #child: ChildProcess;
  readonly #profile: string;
  readonly #input: Writable;
  readonly #waiting = new Map<number, Waiting>();
  #received = '';
  #session: string | undefined;
  #lastId = 0;

  private constructor(child: ChildProcess, profile: string, input: Writable, output: Readable) {
    this.#child = child;
    this.#profile = profile;
    this.#input = input;
    output.setEncoding('utf8').on('data', (text: string) => this.#receive(text));
    child.on('exit', () => {
      for (const { reject } of this.#waiting.values()) reject(new Error('the browser has ended'));
    });
  }

  static async open(executable: string, url: string): Promise<BrowserPage> {
    const profile = mkdtempSync(join(tmpdir(), 'browser-'));
    const flags = ['--headless=new', '--no-sandbox', '--disable-gpu', '--remote-debugging-pipe'];
    const child = spawn(executable, [...flags, `--user-data-dir=${profile}`, 'about:blank'], {
      stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'],
    });
    const page = new BrowserPage(child, profile, child.stdio[3] as Writable, child.stdio[4] as Readable);
    const { targetId } = await page.#send('Target.createTarget', { url: 'about:blank' });
    const { sessionId } = await page.#send('Target.attachToTarget', { targetId, flatten: true });
    page.#session = String(sessionId);
    // Answered when the page has replaced the blank one.
    await page.#send('Page.navigate', { url });
    return page;
  }

  /** The value of an expression in the page. Waits for the end of loading, and for promises. */
  async evaluate(expression: string): Promise<unknown> {
    const loaded = `document.readyState === 'complete' || new Promise((done) => addEventListener('load', done, { once: true }))`;
    const { result, exceptionDetails } = await this.#send('Runtime.evaluate', {
      expression: `(async () => { await (${loaded}); return (${expression}); })()`,
      awaitPromise: true,
      returnByValue: true,
    });
    if (exceptionDetails !== undefined) throw new Error(JSON.stringify(exceptionDetails));
    return v.parse(v.object({ value: v.optional(v.unknown()) }), result).value;
  }

  /** Lets the user prefer light or dark pages. */
  async prefer(scheme: 'light' | 'dark'): Promise<void> {
    const features = [{ name: 'prefers-color-scheme', value: scheme }];
    await this.#send('Emulation.setEmulatedMedia', { features });
  }

  async close(): Promise<void> {
    const exited = once(this.#child, 'exit');
    this.#session = undefined;
    // It ends its own processes first. A signal would leave some that still write the profile.
    this.#send('Browser.close', {}).catch(() => undefined);
    await exited;
    rmSync(this.#profile, { recursive: true, force: true, maxRetries: 10 });
  }

  #send(method: string, params: object): Promise<Readonly<Record<string, unknown>>> {
    const id = ++this.#lastId;
    const sessionId = this.#session;
    this.#input.write(
      `${JSON.stringify({ id, method, params, ...(sessionId === undefined ? {} : { sessionId }) })}\0`,
    );
    return new Promise((resolve, reject) => this.#waiting.set(id, { resolve, reject }));
  }

  #receive(text: string): void {
    const messages = (this.#received + text).split('\0');
    this.#received = messages.pop() ?? '';
    for (const each of messages) {
      const { id = 0, result = {}, error } = v.parse(message, JSON.parse(each));
      const waiting = this.#waiting.get(id);
      this.#waiting.delete(id);
      if (error === undefined) waiting?.resolve(result);
      else waiting?.reject(new Error(error.message));
    }
  }
}
