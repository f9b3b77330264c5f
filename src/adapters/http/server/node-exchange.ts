import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { BodyAllowance, OpenRequest } from '../../../ports/inbound/server.ts';
import type { AbortListener, ClientSignal, WireAnswer } from '../../../ports/inbound/wire-operations.ts';
import { correctedDate } from './answer-head.ts';
import { GatheredBody } from './request-body.ts';
import { headerIn } from './request-head.ts';
import { ClientDisconnectedError } from './server-errors.ts';

/** A request of `node:http` and its response, without web-standard objects. */
export class NodeExchange implements OpenRequest {
  readonly method: string;
  readonly target: string;
  readonly headers: readonly string[];
  readonly #incoming: IncomingMessage;
  readonly #outgoing: ServerResponse;
  #signal: NodeAbortSignal | undefined;

  constructor(incoming: IncomingMessage, outgoing: ServerResponse) {
    this.method = incoming.method ?? '';
    this.target = incoming.url ?? '';
    this.headers = incoming.rawHeaders;
    this.#incoming = incoming;
    this.#outgoing = outgoing;
  }

  get signal(): ClientSignal {
    this.#signal ??= new NodeAbortSignal(this.#outgoing);
    return this.#signal;
  }

  read(allowance: BodyAllowance): Promise<Uint8Array | undefined> {
    const incoming = this.#incoming;
    return new Promise((resolve, reject) => {
      // Reading `incoming.headers` would build all headers for this one.
      const length = headerIn(this.headers, 'content-length');
      const body = new GatheredBody(length === undefined ? undefined : Number(length), allowance);
      const giveUp = (settle: () => void) => {
        incoming.removeAllListeners('data').resume();
        settle();
      };
      const step = (take: () => boolean) => {
        try {
          if (!take()) giveUp(() => resolve(undefined));
        } catch (error) {
          giveUp(() => reject(error));
        }
      };
      // Attached before `begin`, because a rejected body must still be read, and discarded.
      incoming.on('data', (chunk: Uint8Array) => step(() => body.add(chunk)));
      // Each event fires at most once; `once` would be slower.
      incoming.on('end', () => resolve(body.whole()));
      incoming.on('error', (error) => reject(new ClientDisconnectedError({ cause: error })));
      // `error` is not always emitted before `close`.
      incoming.on('close', () => {
        if (!incoming.readableEnded) reject(new ClientDisconnectedError());
      });
      step(() => body.begin());
    });
  }

  /** Writes the response at the pace of the client. If the body fails, closes the connection and rejects. */
  write({ status, headers, body }: WireAnswer): Promise<void> | undefined {
    const outgoing = this.#outgoing;
    const date = correctedDate();
    outgoing.writeHead(status, date === undefined ? headers : { ...headers, date });
    if (!(body instanceof Uint8Array)) return this.#writePieces(body);
    outgoing.end(body);
    return undefined;
  }

  async #writePieces(body: AsyncIterable<Uint8Array>): Promise<void> {
    const outgoing = this.#outgoing;
    try {
      for await (const piece of body) {
        if (outgoing.destroyed) return;
        if (!outgoing.write(piece)) await this.#drained();
      }
      outgoing.end();
    } catch (error) {
      // The client detects the truncation by the length or by the missing last chunk.
      const isDisconnected = outgoing.destroyed;
      outgoing.destroy();
      if (!isDisconnected) throw error;
    }
  }

  /** Resolves when the written bytes are sent, or the client has disconnected. */
  async #drained(): Promise<void> {
    const settled = new AbortController();
    const { signal } = settled;
    const waits = ['drain', 'close'].map((event) =>
      once(this.#outgoing, event, { signal }).catch(() => undefined),
    );
    await Promise.race(waits);
    settled.abort();
  }
}

/** Aborts when the client disconnects before its response is written. */
export class NodeAbortSignal implements ClientSignal {
  readonly #outgoing: ServerResponse;
  readonly #listeners: AbortListener[] = [];
  #aborted = false;

  constructor(outgoing: ServerResponse) {
    this.#outgoing = outgoing;
    // The signal is created on first use: `close` may have fired before.
    if (outgoing.destroyed) this.#closed();
    else outgoing.on('close', () => this.#closed());
  }

  get aborted(): boolean {
    return this.#aborted;
  }

  addEventListener(_type: 'abort', listener: AbortListener): void {
    this.#listeners.push(listener);
  }

  removeEventListener(_type: 'abort', listener: AbortListener): void {
    const place = this.#listeners.indexOf(listener);
    if (place !== -1) this.#listeners.splice(place, 1);
  }

  #closed(): void {
    if (this.#outgoing.writableFinished) return;
    this.#aborted = true;
    for (const listener of this.#listeners.splice(0)) listener.handleEvent();
  }
}
