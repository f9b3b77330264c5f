import type {
  Connection,
  OpenRequest,
  PlainAnswer,
  PlainRequest,
  RequestHandler,
} from '../ports/inbound/server.ts';
import type { IncomingOperation, WireAnswer, WireOperations } from '../ports/inbound/wire-operations.ts';

/** A part that is loaded when it is first needed, or before that when there is time. */
class Deferred<Thing> {
  readonly #load: () => Promise<Thing>;
  /** Called with it, once it is loaded. */
  onLoaded: (thing: Thing) => void = () => undefined;
  #loading: Promise<Thing> | undefined;
  #thing: Thing | undefined;

  constructor(load: () => Promise<Thing>) {
    this.#load = load;
  }

  /** It, once it is loaded. */
  get loaded(): Thing | undefined {
    return this.#thing;
  }

  /** Loads it once. After a failure, the next call tries again. */
  load(): Promise<Thing> {
    this.#loading ??= this.#load().then(
      (thing) => {
        this.#thing = thing;
        this.onLoaded(thing);
        return thing;
      },
      (error: unknown) => {
        this.#loading = undefined;
        throw error;
      },
    );
    return this.#loading;
  }
}

/** A handler that is loaded with its first request, or before it when there is time. */
export class DeferredHandler extends Deferred<RequestHandler> {
  /** Answers one request. */
  handle(request: Request, connection: Connection): Response | Promise<Response> {
    if (this.loaded !== undefined) return this.loaded(request, connection);
    return this.load().then((handler) => handler(request, connection));
  }

  /** Its fast path, once it is loaded. */
  fastPath(request: PlainRequest, connection: Connection): PlainAnswer | Promise<PlainAnswer> | undefined {
    return this.loaded?.fastPath?.(request, connection);
  }

  /** Its raw handler, once it is loaded. */
  rawHandler(request: OpenRequest, connection: Connection): Promise<WireAnswer> | undefined {
    return this.loaded?.rawHandler?.(request, connection);
  }
}

/** Operations that are loaded with the first of them, or before it when there is time. */
export class DeferredOperations extends Deferred<WireOperations> implements WireOperations {
  execute(operation: IncomingOperation): Promise<WireAnswer> {
    if (this.loaded !== undefined) return this.loaded.execute(operation);
    return this.load().then((operations) => operations.execute(operation));
  }
}
