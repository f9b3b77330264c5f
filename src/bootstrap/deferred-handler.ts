import type {
  Connection,
  OpenRequest,
  PlainAnswer,
  PlainRequest,
  RequestHandler,
} from '../ports/inbound/server.ts';
import type { WireAnswer } from '../ports/inbound/wire-operations.ts';
import { Deferred } from './deferred.ts';

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
