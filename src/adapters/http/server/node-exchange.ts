import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { BodyAllowance, OpenRequest } from '../../../ports/inbound/server.ts';
import type { ClientSignal, GoneListener, WireAnswer } from '../../../ports/inbound/wire-operations.ts';

import { lateDate } from './http-date.ts';
import { RawHeaders } from './raw-headers.ts';
import { ClientLeftError, GatheredBody } from './request-body.ts';

/** A request of `node:http` and the answer to it, with nothing in between. */
export class NodeExchange implements OpenRequest {
  readonly method: string;
  readonly target: string;
  readonly headers: readonly string[];
  readonly #incoming: IncomingMessage;
  readonly #outgoing: ServerResponse;
  #gone: ClientAbort | undefined;

  constructor(incoming: IncomingMessage, outgoing: ServerResponse) {
    this.method = incoming.method ?? '';
    this.target = incoming.url ?? '';
    this.headers = incoming.rawHeaders;
    this.#incoming = incoming;
    this.#outgoing = outgoing;
  }

  get signal(): ClientSignal {
    this.#gone ??= new ClientAbort(this.#outgoing);
    return this.#gone;
  }

  read(allowance: BodyAllowance): Promise<Uint8Array | undefined> {
    const incoming = this.#incoming;
    return new Promise((resolve, reject) => {
      // Of the request's own `headers`, all would be made for this one.
      const length = new RawHeaders(this.headers).get('content-length');
      const body = new GatheredBody(length === null ? undefined : Number(length), allowance);
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
      // Attached first: a body that is given up is read on, and thrown away.
      incoming.on('data', (chunk: Uint8Array) => step(() => body.add(chunk)));
      // Once is all that any of these happens; to say so would take longer.
      incoming.on('end', () => resolve(body.whole()));
      incoming.on('error', (error) => reject(new ClientLeftError({ cause: error })));
      // The error that goes with it is not always told.
      incoming.on('close', () => {
        if (!incoming.readableEnded) reject(new ClientLeftError());
      });
      step(() => body.begin());
    });
  }

  /** Writes the answer as fast as the client takes it. Rejects, with the connection ended, if the rest of it does not come. */
  write({ status, headers, body }: WireAnswer): Promise<void> | undefined {
    const outgoing = this.#outgoing;
    const date = lateDate();
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
      // Who is told of the length, or of pieces, sees that there is no end.
      const isGone = outgoing.destroyed;
      outgoing.destroy();
      if (!isGone) throw error;
    }
  }

  /** Resolves when the client has taken what was written, or is gone. */
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

/** Tells that the client is gone before its answer was written. */
export class ClientAbort implements ClientSignal {
  readonly #outgoing: ServerResponse;
  readonly #listeners: GoneListener[] = [];
  #aborted = false;

  constructor(outgoing: ServerResponse) {
    this.#outgoing = outgoing;
    // Whoever asks late may have missed the event.
    if (outgoing.destroyed) this.#closed();
    else outgoing.on('close', () => this.#closed());
  }

  get aborted(): boolean {
    return this.#aborted;
  }

  addEventListener(_type: 'abort', listener: GoneListener): void {
    this.#listeners.push(listener);
  }

  removeEventListener(_type: 'abort', listener: GoneListener): void {
    const place = this.#listeners.indexOf(listener);
    if (place !== -1) this.#listeners.splice(place, 1);
  }

  #closed(): void {
    if (this.#outgoing.writableFinished) return;
    this.#aborted = true;
    for (const listener of this.#listeners.splice(0)) listener.handleEvent();
  }
}
