/** An event: its kind, its time on the monotonic clock in milliseconds, and details. */
export interface JournalEntry {
  readonly kind: string;
  readonly atMs: number;
  readonly [detail: string]: unknown;
}

/** Selects an entry of a kind: the n-th, or the first that fits. */
export type Which = number | ((entry: JournalEntry) => boolean);

interface Watcher {
  readonly look: () => void;
  readonly giveUp: () => void;
}

/**
 * All events in order. Tests may record events of their own, to compare the order.
 *
 * | kind | details |
 * | --- | --- |
 * | `extension-started`, `runtime-started` | `name`, `pid` (0 for a handler) |
 * | `registered` | `name`, `as` (`external` or `internal`), `events`, `listening` (of the probed port, if one is given) |
 * | `refused` | `call`, `errorType` |
 * | `extension-ready`, `runtime-ready` | the first call of next; `name` |
 * | `extension-done`, `runtime-done` | each later call of next; `name` |
 * | `init-done`, `init-failed` | `suppressed` or `errorType` |
 * | `init-error`, `exit-error` | what an extension reported: `name`, `errorType`, `body` |
 * | `invoke-start`, `response`, `invoke-done`, `invoke-failed` | `requestId`; `errorType` |
 * | `event` | given to an extension: `name`, `type`, `reason` |
 * | `credentials` | were given out under SnapStart |
 * | `shutdown` | `reason` |
 * | `signal` | sent to a process group: `name`, `signal` |
 * | `exit` | `name`, `code`, `signal` |
 * | `output` | `name`, `stream`, `line` |
 */
export class Journal {
  readonly #entries: JournalEntry[] = [];
  readonly #watchers = new Set<Watcher>();

  get entries(): readonly JournalEntry[] {
    return this.#entries;
  }

  /** Adds an entry, and resolves the promises that wait for it. */
  record(kind: string, details: Readonly<Record<string, unknown>> = {}): JournalEntry {
    const entry = { ...details, kind, atMs: performance.now() };
    this.#entries.push(entry);
    for (const watcher of [...this.#watchers]) watcher.look();
    return entry;
  }

  /** The kinds in order, all or only `kinds`; for use with `toEqual`. */
  order(...kinds: string[]): string[] {
    const all = this.#entries.map((entry) => entry.kind);
    return kinds.length === 0 ? all : all.filter((kind) => kinds.includes(kind));
  }

  /** The entry, if there is one. */
  find(kind: string, which: Which = 1): JournalEntry | undefined {
    const ofKind = this.#entries.filter((entry) => entry.kind === kind);
    return typeof which === 'number' ? ofKind[which - 1] : ofKind.find(which);
  }

  /** Resolves with the entry as soon as there is one; rejects if the emulator closes first. */
  when(kind: string, which: Which = 1): Promise<JournalEntry> {
    const promise = new Promise<JournalEntry>((resolve, reject) => {
      const watcher: Watcher = {
        look: () => {
          const entry = this.find(kind, which);
          if (!entry) return;
          this.#watchers.delete(watcher);
          resolve(entry);
        },
        giveUp: () => reject(new Error(`never seen: ${kind}; seen: ${this.order().join(', ')}`)),
      };
      this.#watchers.add(watcher);
      watcher.look();
    });
    // A promise that no test awaits any more must not fail the run.
    promise.catch(() => undefined);
    return promise;
  }

  /** Rejects all pending promises. */
  close(): void {
    for (const watcher of this.#watchers) watcher.giveUp();
    this.#watchers.clear();
  }
}
