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
  /** One promise for all callers: each listener of the signal would stay until the end, and Node.js warns of many. */
  readonly #first: Promise<NodeJS.Signals>;

  constructor() {
    this.#first = new Promise((resolve) => {
      for (const name of SIGNALS) {
        process.on(name, () => {
          if (this.signal.aborted) return;
          resolve(name);
          this.#controller.abort(new Interruption(name));
          // What does not end by then hangs.
          setTimeout(() => process.exit(INTERRUPTED), MAX_ENDING_MS).unref();
        });
      }
    });
  }

  /** Aborted, with an `Interruption` as its reason, when a signal has come. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Resolves with the first of them, at once if it has come already. */
  first(): Promise<NodeJS.Signals> {
    return this.#first;
  }
}

/** The user has seen enough. */
export class Interruption extends Error {}
