import type { BodyAllowance, OpenRequest } from '../../../../ports/inbound/server.ts';
import type { ClientSignal, GoneListener } from '../../../../ports/inbound/wire-operations.ts';

import { ClientLeftError, GatheredBody } from '../request-body.ts';
import { type FramedBody, framedBody } from './request-framing.ts';
import { headerIn, type RequestHead } from './request-head.ts';

/** What the bytes of a body are for: nobody knows yet, somebody reads them, or nobody wants them. */
type Use = 'undecided' | 'read' | 'discarded';

/** One request on a connection, from its head to the end of its answer. */
export class Http1Exchange implements OpenRequest {
  readonly method: string;
  readonly target: string;
  readonly headers: readonly string[];
  readonly isOld: boolean;
  readonly #head: RequestHead;
  readonly #framed: FramedBody;
  /** Called when bytes of the body are wanted, or are not. */
  readonly #onUse: () => void;
  #use: Use = 'undecided';
  #gathered: GatheredBody | undefined;
  #settle: { resolve(body: Uint8Array | undefined): void; reject(error: unknown): void } | undefined;
  #left: ClientLeft | undefined;
  #isGone = false;

  /** @throws {MalformedRequestError} if nobody can tell where its body ends */
  constructor(head: RequestHead, onUse: () => void) {
    this.#head = head;
    this.#framed = framedBody(head);
    this.#onUse = onUse;
    this.method = head.method;
    this.target = head.target;
    this.headers = head.headers;
    this.isOld = head.isOld;
  }

  get signal(): ClientSignal {
    this.#left ??= new ClientLeft();
    if (this.#isGone && !this.#left.aborted) this.#left.abort();
    return this.#left;
  }

  /** Whether all of the body has arrived. */
  get isSent(): boolean {
    return this.#framed.isComplete;
  }

  /** Whether the body may be taken off the connection. */
  get takesBody(): boolean {
    return this.#use !== 'undecided';
  }

  header(name: string): string | undefined {
    return headerIn(this.#head, name);
  }

  read(allowance: BodyAllowance): Promise<Uint8Array | undefined> {
    return new Promise((resolve, reject) => {
      if (this.#isGone) return reject(new ClientLeftError());
      const length = this.header('content-length');
      const body = new GatheredBody(length === undefined ? undefined : Number(length), allowance);
      this.#settle = { resolve, reject };
      this.#gathered = body;
      this.#use = 'read';
      this.#gather(() => body.begin());
      if (this.isSent) this.#finish();
      else this.#onUse();
    });
  }

  /** The rest of the body is of no use to anybody. */
  discard(): void {
    this.#use = 'discarded';
    this.#onUse();
  }

  /**
   * Takes what `bytes` has of the body, and returns how much that was.
   *
   * @throws {MalformedRequestError}
   */
  take(bytes: Buffer): number {
    const taken = this.#framed.read(bytes, (data) => this.#gather(() => this.#gathered?.add(data) ?? true));
    if (this.isSent) this.#finish();
    return taken;
  }

  /** The client has left, or sends what is no body. */
  abandon(): void {
    this.#isGone = true;
    this.#left?.abort();
    this.#settle?.reject(new ClientLeftError());
    this.#settle = undefined;
    this.#gathered = undefined;
  }

  #gather(take: () => boolean): void {
    if (this.#gathered === undefined) return;
    try {
      if (take()) return;
      this.#settle?.resolve(undefined);
    } catch (error) {
      this.#settle?.reject(error);
    }
    this.#settle = undefined;
    this.#gathered = undefined;
  }

  #finish(): void {
    const body = this.#gathered;
    this.#gathered = undefined;
    if (body !== undefined) this.#settle?.resolve(body.whole());
  }
}

/** Tells that a client has left before it was answered. */
export class ClientLeft implements ClientSignal {
  readonly #listeners = new Set<GoneListener>();
  #aborted = false;

  get aborted(): boolean {
    return this.#aborted;
  }

  addEventListener(_type: 'abort', listener: GoneListener): void {
    this.#listeners.add(listener);
  }

  removeEventListener(_type: 'abort', listener: GoneListener): void {
    this.#listeners.delete(listener);
  }

  /** It has left. */
  abort(): void {
    this.#aborted = true;
    const listeners = [...this.#listeners];
    this.#listeners.clear();
    for (const listener of listeners) listener.handleEvent();
  }
}
