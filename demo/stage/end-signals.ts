import process from 'node:process';

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
        this.#name ??= name;
        this.#controller.abort(new Interruption(name));
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
