import type {
  Connection,
  OpenRequest,
  PlainAnswer,
  PlainRequest,
  RequestHandler,
} from '../ports/inbound/server.ts';
import type { JournalPage } from '../domain/cache/journal-page.ts';
import type { IncomingOperation, WireAnswer, WireOperations } from '../ports/inbound/wire-operations.ts';
import type { Announcement, InvalidationJournal } from '../ports/outbound/invalidation-journal.ts';
import type { SharedEntries, SharedEntry } from '../ports/outbound/shared-entries.ts';

/** A part that is loaded on first use, or earlier by `load`. */
class Deferred<Part> {
  readonly #load: () => Promise<Part>;
  /** Called once, with the loaded part. */
  onLoaded: (part: Part) => void = () => undefined;
  #loading: Promise<Part> | undefined;
  #part: Part | undefined;

  constructor(load: () => Promise<Part>) {
    this.#load = load;
  }

  /** The part; undefined until it is loaded. */
  get loaded(): Part | undefined {
    return this.#part;
  }

  /** Loads the part once. After a failure, the next call retries. */
  load(): Promise<Part> {
    this.#loading ??= this.#load().then(
      (part) => {
        this.#part = part;
        this.onLoaded(part);
        return part;
      },
      (error: unknown) => {
        this.#loading = undefined;
        throw error;
      },
    );
    return this.#loading;
  }
}

/** A request handler that is loaded with its first request, or earlier by `load`. */
export class DeferredHandler extends Deferred<RequestHandler> {
  handle(request: Request, connection: Connection): Response | Promise<Response> {
    if (this.loaded !== undefined) return this.loaded(request, connection);
    return this.load().then((handler) => handler(request, connection));
  }

  /** Returns undefined until the handler is loaded. */
  fastPath(request: PlainRequest, connection: Connection): PlainAnswer | Promise<PlainAnswer> | undefined {
    return this.loaded?.fastPath?.(request, connection);
  }

  /** Returns undefined until the handler is loaded. */
  rawHandler(request: OpenRequest, connection: Connection): Promise<WireAnswer> | undefined {
    return this.loaded?.rawHandler?.(request, connection);
  }
}

/** The handler for a server whose parts are loaded with the first request. */
export const deferredRequestHandler = (deferred: DeferredHandler): RequestHandler =>
  Object.assign((request: Request, connection: Connection) => deferred.handle(request, connection), {
    fastPath: (request: PlainRequest, connection: Connection) => deferred.fastPath(request, connection),
    loadFastPath: () => (deferred.loaded === undefined ? deferred.load() : undefined),
    rawHandler: (request: OpenRequest, connection: Connection) => deferred.rawHandler(request, connection),
  });

/** A journal that is loaded with its first call: most configurations need none. */
export class DeferredJournal extends Deferred<InvalidationJournal> implements InvalidationJournal {
  async announce(announcement: Announcement, signal: AbortSignal): Promise<readonly JournalPage[]> {
    return (await this.load()).announce(announcement, signal);
  }

  async check(scope: string, signal: AbortSignal): Promise<readonly JournalPage[]> {
    return (await this.load()).check(scope, signal);
  }

  dropConnections(): void {
    this.loaded?.dropConnections?.();
  }
}

/** Shared entries that are loaded with the first call, or earlier by `open`. */
export class DeferredSharedEntries extends Deferred<SharedEntries> implements SharedEntries {
  async getMany(names: readonly string[], signal: AbortSignal): Promise<readonly (Uint8Array | undefined)[]> {
    return (await this.load()).getMany(names, signal);
  }

  async setMany(entries: readonly SharedEntry[], signal: AbortSignal): Promise<void> {
    return (await this.load()).setMany(entries, signal);
  }

  open(): void {
    // The first call reports what fails now.
    void this.load().then(
      (entries) => entries.open?.(),
      () => undefined,
    );
  }

  dropConnections(): void {
    this.loaded?.dropConnections?.();
  }
}

/** SDK operations that are loaded with the first request, or earlier by `load`. */
export class DeferredOperations extends Deferred<WireOperations> implements WireOperations {
  execute(operation: IncomingOperation): Promise<WireAnswer> {
    if (this.loaded !== undefined) return this.loaded.execute(operation);
    return this.load().then((operations) => operations.execute(operation));
  }
}
