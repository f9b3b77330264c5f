import type { Status } from '../../../src/ports/inbound/status-reader.ts';
import type { Lambda } from '../../../tools/lambda-emulator/index.ts';
import type { HttpAnswer } from '../http/exchange.ts';
import type { CacheYamlFile } from './cache-yaml-file.ts';
import type { Extras, HttpClient } from './http-client.ts';

const REJECTED = 'requests are rejected; later ones with this code are not logged';

/** One line of the extension's log. */
interface LogLine {
  readonly level: string;
  readonly message: string;
  readonly [field: string]: unknown;
}

/** The line if it is one of the log; what Node.js itself prints is not. */
export const readLogLine = (line: string): LogLine | undefined => {
  try {
    const parsed: unknown = JSON.parse(line);
    return isLogLine(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
};

const isLogLine = (value: unknown): value is LogLine =>
  typeof value === 'object' && value !== null && 'level' in value && 'message' in value;

/** The built program in an emulated Lambda, as a function and its operators see it. */
export class ExtensionUnderTest {
  readonly lambda: Lambda;
  readonly port: number;
  readonly #http: HttpClient;
  readonly #file: CacheYamlFile;

  constructor(lambda: Lambda, port: number, http: HttpClient, file: CacheYamlFile) {
    this.lambda = lambda;
    this.port = port;
    this.#http = http;
    this.#file = file;
  }

  request(method: string, path: string, extras?: Extras): Promise<HttpAnswer> {
    return this.#http.request(method, path, extras);
  }

  get(path: string, headers: Readonly<Record<string, string>> = {}): Promise<HttpAnswer> {
    return this.request('GET', path, { headers });
  }

  delete(path: string): Promise<HttpAnswer> {
    return this.request('DELETE', path);
  }

  /** What the extension says of itself. */
  async health(): Promise<Status> {
    return JSON.parse((await this.get('/health')).body);
  }

  /** Resolves with the first line of the log that fits, past or to come. */
  async whenLogged(fits: (line: LogLine) => boolean): Promise<LogLine> {
    const { line } = await this.lambda.when('output', (entry) => {
      const read = readLogLine(String(entry.line));
      return read !== undefined && fits(read);
    });
    return JSON.parse(String(line));
  }

  /** What was logged so far, except that requests were rejected. */
  get logOfItself(): readonly LogLine[] {
    return this.log.filter(({ message }) => message !== REJECTED);
  }

  /** What was logged so far. */
  get log(): readonly LogLine[] {
    return this.lambda.output.flatMap((line) => readLogLine(line) ?? []);
  }

  async close(): Promise<void> {
    this.#http.close();
    await this.lambda.close();
    await this.#file.remove();
  }
}
