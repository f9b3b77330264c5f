/** Something that was seen, and when, in milliseconds of the monotonic clock. What else is known of it lies beside. */
export interface JournalEntry {
  readonly kind: string;
  readonly atMs: number;
  readonly [detail: string]: unknown;
}

/** Which entry of a kind is meant: the n-th, or the first that fits. */
export type Which = number | ((entry: JournalEntry) => boolean);

interface Watcher {
  readonly look: () => void;
  readonly giveUp: () => void;
}

/**
 * All that the emulator saw, in order; tests write into it what they see themselves, to compare.
 *
 * | kind | beside it |
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

  /** Adds an entry, and opens the barriers that waited for it. */
  record(kind: string, details: Readonly<Record<string, unknown>> = {}): JournalEntry {
    const entry = { ...details, kind, atMs: performance.now() };
    this.#entries.push(entry);
    for (const watcher of [...this.#watchers]) watcher.look();
    return entry;
  }

  /** The kinds in order, or only those of `kinds`: made for `toEqual`. */
  order(...kinds: string[]): string[] {
    const all = this.#entries.map((entry) => entry.kind);
    return kinds.length === 0 ? all : all.filter((kind) => kinds.includes(kind));
  }

  /** The entry if it has been seen. */
  find(kind: string, which: Which = 1): JournalEntry | undefined {
    const ofKind = this.#entries.filter((entry) => entry.kind === kind);
    return typeof which === 'number' ? ofKind[which - 1] : ofKind.find(which);
  }

  /** Resolves with the entry as soon as it has been seen; rejects when the emulator closes without it. */
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
    // Whoever waits learns of the rejection; a barrier that nobody waits for any more is no failure.
    promise.catch(() => undefined);
    return promise;
  }

  /** Ends all waiting. */
  close(): void {
    for (const watcher of this.#watchers) watcher.giveUp();
    this.#watchers.clear();
  }
}
