import type {
  Connection,
  OpenRequest,
  PlainAnswer,
  PlainRequest,
  RequestHandler,
} from '../ports/inbound/server.ts';
import type { IncomingOperation, WireAnswer, WireOperations } from '../ports/inbound/wire-operations.ts';

/** Something that is loaded when it is first needed, or before that when there is time. */
export class Deferred<Thing> {
  readonly #load: () => Promise<Thing>;
  #loading: Promise<Thing> | undefined;
  #thing: Thing | undefined;

  constructor(load: () => Promise<Thing>) {
    this.#load = load;
  }

  /** It, once it is loaded. */
  get loaded(): Thing | undefined {
    return this.#thing;
  }

  /** Loads it once; a failure is forgotten, so that who comes next makes another attempt. */
  load(): Promise<Thing> {
    this.#loading ??= this.#load().then(
      (thing) => {
        this.#thing = thing;
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

  /** Its shortcut, once it is loaded. */
  shortcut(request: PlainRequest, connection: Connection): PlainAnswer | undefined {
    return this.loaded?.shortcut?.(request, connection);
  }

  /** Its passage, once it is loaded. */
  passage(request: OpenRequest, connection: Connection): Promise<WireAnswer> | undefined {
    return this.loaded?.passage?.(request, connection);
  }
}

/** Operations that are loaded with the first of them, or before it when there is time. */
export class DeferredOperations extends Deferred<WireOperations> implements WireOperations {
  execute(operation: IncomingOperation): Promise<WireAnswer> {
    if (this.loaded !== undefined) return this.loaded.execute(operation);
    return this.load().then((operations) => operations.execute(operation));
  }
}
