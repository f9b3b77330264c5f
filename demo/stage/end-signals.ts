import process from 'node:process';

/** What a shell reports of a program that was interrupted. */
export const INTERRUPTED = 130;

const MAX_ENDING_MS = 10_000;

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Catches Ctrl-C and its like from now on: whoever runs the demo ends what it started before it ends itself.
 * Only the first counts, because npm may pass on what the terminal has sent already.
 */
export class EndSignals {
  readonly #controller = new AbortController();
  #name: NodeJS.Signals | undefined;

  constructor() {
    for (const name of SIGNALS) {
      process.on(name, () => {
        if (this.signal.aborted) return;
        this.#name = name;
        this.#controller.abort(new Interruption(name));
        // What does not end by then hangs.
        setTimeout(() => process.exit(INTERRUPTED), MAX_ENDING_MS).unref();
      });
    }
  }

  /** Aborted, with an `Interruption` as its reason, when a signal has come. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Resolves with the first of them, at once if it has come already. */
  async first(): Promise<NodeJS.Signals> {
    if (!this.signal.aborted) {
      await new Promise((resolve) => this.signal.addEventListener('abort', resolve, { once: true }));
    }
    return this.#name ?? 'SIGTERM';
  }
}

/** The user has seen enough. */
export class Interruption extends Error {}
