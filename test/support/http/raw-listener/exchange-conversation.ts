import { connect, type Socket } from 'node:net';
import type { Conversation } from './conversation.ts';

/** What a client received on one connection. */
export interface Received {
  /** All bytes without `Date` lines, one character each. */
  readonly text: string;
  /** Whether the server kept the connection open although the client had closed its side. */
  readonly isHanging: boolean;
}

/** Turns of the event loop without a byte, after which the client takes the server to be waiting. */
const QUIET_TURNS = 40;
/** A server that has not closed the connection after this time hangs. */
const HANGING_MS = 10_000;

const EMPTY: Buffer = Buffer.alloc(0);

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Reads the answers of one connection and counts them. */
class Answers {
  count = 0;
  readonly #all: Buffer[] = [];
  /** Bytes of the answer that is not complete yet. */
  #rest = EMPTY;
  readonly #isHead: readonly boolean[];

  constructor(isHead: readonly boolean[]) {
    this.#isHead = isHead;
  }

  get text(): string {
    return Buffer.concat(this.#all).toString('latin1');
  }

  add(bytes: Buffer): void {
    this.#all.push(bytes);
    this.#rest = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes]);
    while (this.#skipAnswer());
  }

  #skipAnswer(): boolean {
    const headEnd = this.#rest.indexOf('\r\n\r\n');
    if (headEnd === -1) return false;
    const head = this.#rest.toString('latin1', 0, headEnd);
    const hasBody = !this.#isHead[this.count] && !/^HTTP\/1\.1 (?:1\d\d|204|304)/.test(head);
    const length = Number(/^content-length: (\d+)/im.exec(head)?.[1] ?? 0);
    const end = headEnd + 4 + (hasBody ? length : 0);
    if (this.#rest.length < end) return false;
    this.#rest = this.#rest.subarray(end);
    this.count += 1;
    return true;
  }
}

/** Sends the bytes of a conversation to a server, and resolves when the connection is closed. */
export const exchangeConversation = async (
  port: number,
  { writes, isHead, endsAtOnce }: Conversation,
  patience = 1,
): Promise<Received> => {
  const answers = new Answers(isHead);
  const socket = await connected(port);
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  let bytesSeen = 0;
  socket.on('data', (bytes) => answers.add(bytes));
  // The server may have answered before it read all bytes.
  socket.on('end', () => socket.end());

  /** Resolves when `isDone`, or when the server is quiet for many turns. */
  const settled = async (isDone: () => boolean) => {
    for (let quiet = 0; quiet < QUIET_TURNS * patience && !isDone() && !socket.destroyed; quiet += 1) {
      await nextTurn();
      if (socket.bytesRead !== bytesSeen) quiet = 0;
      bytesSeen = socket.bytesRead;
    }
  };
  for (const { bytes, turnsAfter, answersAfter } of writes) {
    if (socket.writable) socket.write(bytes);
    if (answersAfter === undefined) for (let turn = 0; turn < turnsAfter; turn += 1) await nextTurn();
    else await settled(() => answers.count >= answersAfter);
  }
  if (!endsAtOnce) await settled(() => socket.readableEnded);
  socket.end();
  let isHanging = false;
  const limit = setTimeout(() => {
    isHanging = true;
    socket.destroy();
  }, HANGING_MS);
  await closed;
  clearTimeout(limit);
  return { text: answers.text.replace(/^Date: .*\r\n/gim, ''), isHanging };
};

const connected = (port: number): Promise<Socket> =>
  new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true, noDelay: true }, () => {
      socket.off('error', reject).on('error', () => undefined);
      resolve(socket);
    });
    socket.once('error', reject);
  });
