/** What came is not what a server of Valkey or Redis answers. The message quotes nothing of it. */
export class UnusableReplyError extends Error {
  override readonly name = 'UnusableReplyError';
}

/** Longest line: a number, a length, a status or an error. */
const MAX_LINE_BYTES = 4_096;
/** More than the largest value that is stored. */
const MAX_STRING_BYTES = 2 * 1_048_576;
const MAX_REPLY_BYTES = 8 * 1_048_576;
/** The answer to `CLUSTER SLOTS` has four levels. */
const MAX_DEPTH = 4;
/** Of all arrays of one reply. The library makes room for each as soon as it is announced. */
const MAX_ELEMENTS = 262_144;
const SLOTS = 16_384;
const LAST_PORT = 65_535;

const NUMBER = /^:-?\d{1,19}$/;
const LENGTH = /^[$*](-1|\d{1,7})$/;
const REDIRECTION = /^-(?:MOVED|ASK)(?: |$)/;
const USABLE_REDIRECTION = /^-(?:MOVED|ASK) (\d{1,5}) [^ ]+:(\d{1,5})$/;

const LINE_FEED = 0x0a;
const CRLF_BYTES = 2;

/**
 * Follows the replies on one connection, in RESP 2, and finds those that the client library takes amiss: it throws outside of
 * its promises, or makes room for whatever is announced.
 */
export class ReplyGuard {
  /** Commands without a complete reply. */
  #pending = 0;
  /** The missing elements of each array that is open, the outermost first. */
  readonly #open: number[] = [];
  #line = '';
  /** What is left of a string, with its line break. */
  #stringBytes = 0;
  #replyBytes = 0;
  #elements = 0;

  /** A command was sent. */
  sent(): void {
    this.#pending += 1;
  }

  /** @throws {UnusableReplyError} if the connection cannot be used any longer */
  receive(chunk: Uint8Array): void {
    let at = 0;
    while (at < chunk.length) {
      if (this.#pending === 0) throw new UnusableReplyError('a reply came without a command');
      const taken = this.#stringBytes > 0 ? this.#takeString(chunk, at) : this.#takeLine(chunk, at);
      at += taken;
      this.#replyBytes += taken;
      if (this.#replyBytes > MAX_REPLY_BYTES) throw new UnusableReplyError('a reply is too large');
      if (this.#isComplete()) this.#endReply();
    }
  }

  #takeString(chunk: Uint8Array, at: number): number {
    const taken = Math.min(this.#stringBytes, chunk.length - at);
    this.#stringBytes -= taken;
    if (this.#stringBytes === 0) this.#endValue();
    return taken;
  }

  #takeLine(chunk: Uint8Array, at: number): number {
    const end = chunk.indexOf(LINE_FEED, at);
    const part = chunk.subarray(at, end === -1 ? chunk.length : end + 1);
    if (this.#line.length + part.length > MAX_LINE_BYTES) throw new UnusableReplyError('a line is too long');
    this.#line += String.fromCharCode(...part);
    if (!'+-:$*'.includes(this.#line.charAt(0))) throw new UnusableReplyError('a reply has an unknown type');
    if (end !== -1) {
      const line = this.#line;
      this.#line = '';
      this.#readLine(line);
    }
    return part.length;
  }

  #readLine(text: string): void {
    const line = text.slice(0, -CRLF_BYTES);
    // The library ends a line at the first carriage return.
    if (text.indexOf('\r') !== line.length) throw new UnusableReplyError('a line ends in another way');
    const type = line.charAt(0);
    if (type === '$') this.#beginString(lengthIn(line));
    else if (type === '*') this.#beginArray(lengthIn(line));
    else {
      if (type === ':' && !NUMBER.test(line)) throw new UnusableReplyError('a number is malformed');
      if (REDIRECTION.test(line)) checkRedirection(line);
      this.#endValue();
    }
  }

  #beginString(length: number): void {
    if (length > MAX_STRING_BYTES) throw new UnusableReplyError('a string is too long');
    if (length < 0) this.#endValue();
    else this.#stringBytes = length + CRLF_BYTES;
  }

  #beginArray(length: number): void {
    this.#elements += Math.max(0, length);
    if (this.#elements > MAX_ELEMENTS) throw new UnusableReplyError('a reply has too many elements');
    if (length > 0 && this.#open.length === MAX_DEPTH) throw new UnusableReplyError('a reply is too deep');
    if (length > 0) this.#open.push(length);
    else this.#endValue();
  }

  /** A value is complete, and with it perhaps the arrays that it is the last element of. */
  #endValue(): void {
    for (let left = this.#open.pop(); left !== undefined; left = this.#open.pop())
      if (left > 1) {
        this.#open.push(left - 1);
        return;
      }
  }

  #isComplete(): boolean {
    return this.#open.length === 0 && this.#stringBytes === 0 && this.#line === '';
  }

  #endReply(): void {
    this.#pending -= 1;
    this.#replyBytes = 0;
    this.#elements = 0;
  }
}

const lengthIn = (line: string): number => {
  if (!LENGTH.test(line)) throw new UnusableReplyError('a length is malformed or too large');
  return Number(line.slice(1));
};

const checkRedirection = (line: string): void => {
  const [, slot, port] = USABLE_REDIRECTION.exec(line) ?? [];
  if (!(Number(slot) < SLOTS) || !isPort(Number(port)))
    throw new UnusableReplyError('a redirection is malformed');
};

/** Whether it is a whole number from 1 to 65535. */
const isPort = (value: unknown): boolean =>
  Number.isInteger(value) && Number(value) >= 1 && Number(value) <= LAST_PORT;

/** As many nodes as a cluster should have at most. The library makes a client for each. */
const MAX_NODES = 1_000;

/**
 * Returns the answer to `CLUSTER SLOTS` if it is one: `[from, to, [host, port, …], …]` for each range of slots, without
 * overlaps, and with a host in at least one node of each range. A host that the server does not know is null.
 *
 * @throws {UnusableReplyError} if it is not
 */
export const checkedSlotMap = (answer: unknown): unknown => {
  if (!Array.isArray(answer)) throw unusable();
  const nodes = new Set<string>();
  let slots = 0;
  for (const range of answer) {
    slots += slotsOf(range);
    const known = nodesOf(range);
    if (known.length === 0) throw unusable();
    for (const node of known) nodes.add(node);
    // The library visits every slot of every range.
    if (slots > SLOTS || nodes.size > MAX_NODES) throw unusable();
  }
  return answer;
};

const slotsOf = (range: unknown): number => {
  if (!Array.isArray(range)) throw unusable();
  const [from, to] = range;
  if (!isSlot(from) || !isSlot(to) || from > to) throw unusable();
  return to - from + 1;
};

const nodesOf = ([, , ...nodes]: readonly unknown[]): readonly string[] =>
  nodes.flatMap((node) => {
    if (!Array.isArray(node)) throw unusable();
    const [host, port] = node;
    if (host === null || host === '') return [];
    if (typeof host !== 'string' || !isPort(port)) throw unusable();
    return [`${host}:${port}`];
  });

const isSlot = (value: unknown): value is number =>
  typeof value === 'number' && Number.isInteger(value) && value >= 0 && value < SLOTS;

const unusable = () => new UnusableReplyError('the slots of the cluster are malformed');
