import { UnreadableAnswer } from './unreadable-answer.ts';

/** What stands before the body of an answer. */
export interface AnswerHead {
  readonly status: number;
  /** By their names in lower case; what was sent twice is joined. */
  readonly headers: Readonly<Record<string, string>>;
  /** Of its protocol: 1.0 or 1.1. */
  readonly isOld: boolean;
}

const STATUS_LINE = /^HTTP\/1\.([01]) ([1-9]\d\d)(?: [\t\x20-\x7e\x80-\xff]*)?$/;
const NAME = /^[!#$%&'*+\-.^_`|~\dA-Za-z]+$/;
const NO_VALUE = /[^\t\x20-\x7e\x80-\xff]/;

/**
 * Reads the head of an answer (RFC 9112, sections 4 and 5).
 *
 * @param text one character for each byte, without the empty line at its end
 * @throws {UnreadableAnswer} if it is anything else
 */
export const readHead = (text: string): AnswerHead => {
  const lines = text.split('\r\n');
  const [whole, minor, status] = STATUS_LINE.exec(lines[0] ?? '') ?? [];
  if (whole === undefined) throw new UnreadableAnswer('the status line is none');
  const headers: Record<string, string> = {};
  for (let index = 1; index < lines.length; index += 1) addLine(headers, lines[index] ?? '');
  return { status: Number(status), headers, isOld: minor === '0' };
};

const addLine = (headers: Record<string, string>, line: string): void => {
  const [name, value] = readHeader(line);
  const before = Object.hasOwn(headers, name) ? headers[name] : undefined;
  headers[name] = before === undefined ? value : `${before}, ${value}`;
};

/**
 * Reads one line of a header: its name in lower case, and its value.
 *
 * @throws {UnreadableAnswer} if it is none
 */
export const readHeader = (line: string): readonly [name: string, value: string] => {
  const colon = line.indexOf(':');
  const name = line.slice(0, colon);
  const value = trimmed(line.slice(colon + 1));
  // A line that begins with a blank goes on with the one before, which nobody sends any more: it fails here, by its name.
  if (colon === -1 || !NAME.test(name) || NO_VALUE.test(value)) {
    throw new UnreadableAnswer('a header is none');
  }
  return [name.toLowerCase(), value];
};

/** Without blanks and tabs around it; `trim` takes away more than these. */
const trimmed = (value: string): string => {
  let start = 0;
  let end = value.length;
  while (start < end && isBlank(value.charCodeAt(start))) start += 1;
  while (end > start && isBlank(value.charCodeAt(end - 1))) end -= 1;
  return value.slice(start, end);
};

const isBlank = (code: number): boolean => code === 0x20 || code === 0x09;
