import type { BodyAllowance, OpenRequest } from '../../../../ports/inbound/server.ts';
import type { AbortListener, ClientSignal } from '../../../../ports/inbound/wire-operations.ts';
import { GatheredBody } from '../request-body.ts';
import { headerIn, type RequestHead } from '../request-head.ts';
import { ClientDisconnectedError } from '../server-errors.ts';
import { type FramedBody, framedBody } from './request-framing.ts';

/** How the bytes of the body are used. `undecided` until `read` or `discard` is called. */
type BodyUse = 'undecided' | 'read' | 'discarded';

/** One request on a connection, from its head to the end of its response. */
export class Http1Exchange implements OpenRequest {
  readonly method: string;
  readonly target: string;
  readonly headers: readonly string[];
  readonly isHttp10: boolean;
  readonly #framed: FramedBody;
  /** Called when `use` is decided: the connection can then take bytes of the body. */
  readonly #onUse: () => void;
  #use: BodyUse = 'undecided';
  #gathered: GatheredBody | undefined;
  #settle: { resolve(body: Uint8Array | undefined): void; reject(error: unknown): void } | undefined;
  #signal: Http1AbortSignal | undefined;
  #isAbandoned = false;

  /** @throws {MalformedRequestError} if the end of the body cannot be determined */
  constructor(head: RequestHead, onUse: () => void) {
    this.#framed = framedBody(head);
    this.#onUse = onUse;
    this.method = head.method;
    this.target = head.target;
    this.headers = head.headers;
    this.isHttp10 = head.isHttp10;
  }

  get signal(): ClientSignal {
    this.#signal ??= new Http1AbortSignal();
    if (this.#isAbandoned && !this.#signal.aborted) this.#signal.abort();
    return this.#signal;
  }

  /** Whether the whole body has been received. */
  get isReceived(): boolean {
    return this.#framed.isComplete;
  }

  /** Whether bytes of the body may be taken from the connection. */
  get acceptsBody(): boolean {
    return this.#use !== 'undecided';
  }

  header(name: string): string | undefined {
    return headerIn(this.headers, name);
  }

  read(allowance: BodyAllowance): Promise<Uint8Array | undefined> {
    return new Promise((resolve, reject) => {
      if (this.#isAbandoned) return reject(new ClientDisconnectedError());
      const length = this.header('content-length');
      const body = new GatheredBody(length === undefined ? undefined : Number(length), allowance);
      this.#settle = { resolve, reject };
      this.#gathered = body;
      this.#use = 'read';
      this.#gather(() => body.begin());
      if (this.isReceived) this.#finish();
      else this.#onUse();
    });
  }

  /** Discards the rest of the body. */
  discard(): void {
    this.#use = 'discarded';
    this.#onUse();
  }

  /**
   * Takes the part of `bytes` that belongs to the body. Returns its length.
   *
   * @throws {MalformedRequestError} if a chunk is malformed
   */
  takeBody(bytes: Buffer): number {
    const taken = this.#framed.read(bytes, (data) => this.#gather(() => this.#gathered?.add(data) ?? true));
    if (this.isReceived) this.#finish();
    return taken;
  }

  /** Called when the client has disconnected or its body is malformed. */
  abandon(): void {
    this.#isAbandoned = true;
    this.#signal?.abort();
    this.#settle?.reject(new ClientDisconnectedError());
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

/** Aborts when the client disconnects before it is answered. */
class Http1AbortSignal implements ClientSignal {
  readonly #listeners = new Set<AbortListener>();
  #aborted = false;

  get aborted(): boolean {
    return this.#aborted;
  }

  addEventListener(_type: 'abort', listener: AbortListener): void {
    this.#listeners.add(listener);
  }

  removeEventListener(_type: 'abort', listener: AbortListener): void {
    this.#listeners.delete(listener);
  }

  abort(): void {
    this.#aborted = true;
    const listeners = [...this.#listeners];
    this.#listeners.clear();
    for (const listener of listeners) listener.handleEvent();
  }
}
