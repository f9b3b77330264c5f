import type { Connection, OpenRequest, PlainAnswer, PlainRequest, RequestHandler } from '../ports/server.ts';
import type { WireAnswer } from '../ports/wire-operations.ts';

/** A handler that is loaded with its first request, or before it when there is time. */
export class DeferredHandler {
  readonly #load: () => Promise<RequestHandler>;
  #loading: Promise<RequestHandler> | undefined;
  #handler: RequestHandler | undefined;

  constructor(load: () => Promise<RequestHandler>) {
    this.#load = load;
  }

  /** Answers one request. */
  handle(request: Request, connection: Connection): Response | Promise<Response> {
    if (this.#handler !== undefined) return this.#handler(request, connection);
    return this.load().then((handler) => handler(request, connection));
  }

  /** Its shortcut, once it is loaded. */
  shortcut(request: PlainRequest, connection: Connection): PlainAnswer | undefined {
    return this.#handler?.shortcut?.(request, connection);
  }

  /** Its passage, once it is loaded. */
  passage(request: OpenRequest, connection: Connection): Promise<WireAnswer> | undefined {
    return this.#handler?.passage?.(request, connection);
  }

  /** Loads it once; a failure is forgotten, so that who comes next makes another attempt. */
  load(): Promise<RequestHandler> {
    this.#loading ??= this.#load().then(
      (handler) => {
        this.#handler = handler;
        return handler;
      },
      (error: unknown) => {
        this.#loading = undefined;
        throw error;
      },
    );
    return this.#loading;
  }
}
