import { exchangeBytes } from './raw-connection.ts';

/** One answer as far as a caller of raw bytes can tell. */
export interface SeenAnswer {
  readonly status: number;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const STATUS_LINE = /^HTTP\/1\.1 (\d{3}) [^\r\n]*$/;
const HEADER_LINE = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+: ?[^\r\n]*$/;

/**
 * Reads what came over one connection, strictly: whole answers, one after the other, and nothing else.
 *
 * @param isBodiless whether the answer in this place is to a HEAD request
 * @throws {SyntaxError} if it is anything else
 */
export const answersIn = (
  received: string,
  isBodiless: (place: number) => boolean,
): readonly SeenAnswer[] => {
  const answers: SeenAnswer[] = [];
  let at = 0;
  while (at < received.length) {
    const headEnd = received.indexOf('\r\n\r\n', at);
    if (headEnd === -1) throw new SyntaxError(`a head without an end: ${shown(received, at)}`);
    const [statusLine = '', ...lines] = received.slice(at, headEnd).split('\r\n');
    const status = Number(STATUS_LINE.exec(statusLine)?.[1] ?? Number.NaN);
    if (Number.isNaN(status) || !lines.every((line) => HEADER_LINE.test(line))) {
      throw new SyntaxError(`no head: ${shown(received, at)}`);
    }
    const headers = Object.fromEntries(lines.map(named));
    const start = headEnd + 4;
    const hasBody = status >= 200 && status !== 204 && status !== 304 && !isBodiless(answers.length);
    const length = hasBody ? lengthOf(headers, received.length - start) : 0;
    if (Number.isNaN(length)) throw new SyntaxError(`a body without a length: ${shown(received, at)}`);
    at = start + length;
    if (at > received.length) throw new SyntaxError(`a body that is cut off: ${shown(received, start)}`);
    answers.push({ status, headers, body: received.slice(start, at) });
  }
  return answers;
};

const lengthOf = (headers: Readonly<Record<string, string>>, rest: number): number => {
  // Where it ends the connection, an answer without a length ends there, too; what has one to come is none of these.
  if (rest === 0 && headers.connection === 'close' && !('content-length' in headers)) return 0;
  // What the runtime refuses itself (417) has no body, which it says in one empty chunk.
  if (headers['transfer-encoding'] === 'chunked') return '0\r\n\r\n'.length;
  return /^\d+$/.test(headers['content-length'] ?? '') ? Number(headers['content-length']) : Number.NaN;
};

const named = (line: string): [string, string] => [
  line.slice(0, line.indexOf(':')).toLowerCase(),
  line.slice(line.indexOf(':') + 1).trim(),
];

const shown = (text: string, at: number): string => JSON.stringify(text.slice(at, at + 200));

/** A request that every server answers, and whose answer is known by its path. */
const LAST = 'GET /the-last HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n';

/** The answers to bytes and a last request after them: status, code and connection header of each. */
export const answersTo = async (port: number, bytes: string): Promise<readonly string[]> => {
  const { received } = await exchangeBytes(port, Buffer.from(bytes + LAST, 'latin1'), true);
  return received
    .split(/(?=HTTP\/1\.1 \d{3} )/)
    .filter((text) => text !== '')
    .map((text) => {
      const status = text.slice('HTTP/1.1 '.length, 'HTTP/1.1 200'.length);
      const connection = /^connection: ([^\r]*)/im.exec(text)?.[1] ?? 'unsaid';
      const code = /"code":"(\w+)"/.exec(text)?.[1];
      return [status, code, connection.toLowerCase()].filter((part) => part !== undefined).join(' ');
    });
};
