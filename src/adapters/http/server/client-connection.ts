import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { MAX_BYTES_AFTER_REFUSAL } from './connections.ts';
import { bareAnswer } from './http-date.ts';
import { SlowRequests } from './slow-requests.ts';

/** Unanswered requests of one connection at which it is read no further until one is answered. */
const MAX_UNANSWERED = 16;

/** One client's connection: bounds what it may keep waiting, and ends it when it is stuck. */
export class ClientConnection {
  readonly #socket: Socket;
  readonly #slowRequests: SlowRequests;
  #unanswered = 0;
  #latestAnswer: ServerResponse | undefined;
  #bytesAtRefusal: number | undefined;

  constructor(socket: Socket) {
    this.#socket = socket;
    this.#slowRequests = new SlowRequests(socket);
  }

  /** The head of a request has arrived. */
  began(incoming: IncomingMessage, answer: ServerResponse): void {
    this.#latestAnswer = answer;
    this.#slowRequests.began(incoming);
  }

  /** A request could not be answered at once. */
  awaits(answer: ServerResponse): void {
    this.#unanswered += 1;
    // Not at once: the parser sets the socket going again at the end of each request of what has been read.
    if (this.#unanswered === MAX_UNANSWERED) process.nextTick(() => this.#pauseIfFull());
    answer.once('close', () => {
      this.#unanswered -= 1;
      if (this.#unanswered === MAX_UNANSWERED - 1) this.#socket.resume();
    });
  }

  tick(): void {
    if (this.#slowRequests.isStuckAfterTick()) this.#socket.destroy();
  }

  /** Answers what is no HTTP with a bare `status`, and ends the connection. */
  refuse(status: string): void {
    if (this.#bytesAtRefusal !== undefined) {
      if (this.#socket.bytesRead - this.#bytesAtRefusal > MAX_BYTES_AFTER_REFUSAL) this.#socket.destroy();
      return;
    }
    this.#bytesAtRefusal = this.#socket.bytesRead;
    // Answers that were given in the same breath stand in a queue, which they leave before this.
    setImmediate(() => this.#sayRefusal(status));
  }

  destroy(): void {
    this.#socket.destroy();
  }

  #sayRefusal(status: string): void {
    const isOwed = this.#unanswered > 0 || this.#latestAnswer?.writableFinished === false;
    // With an answer still owed, the client would take the refusal for that answer.
    if (isOwed || !this.#socket.writable) this.#socket.destroy();
    // Not destroyed at once: bytes that nobody read make the kernel reset the connection, refusal and all.
    else this.#socket.end(bareAnswer(status));
  }

  #pauseIfFull(): void {
    if (this.#unanswered >= MAX_UNANSWERED) this.#socket.pause();
  }
}
