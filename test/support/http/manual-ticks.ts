import type { TickSource } from '../../../src/adapters/http/server/connections.ts';

/** Ticks when it is told to. */
export class ManualTicks {
  #tick: (() => void) | undefined;

  readonly source: TickSource = (tick) => {
    this.#tick = tick;
    return () => {
      this.#tick = undefined;
    };
  };

  get isRunning(): boolean {
    return this.#tick !== undefined;
  }

  pass(ticks: number): void {
    for (let passed = 0; passed < ticks; passed += 1) this.#tick?.();
  }
}
