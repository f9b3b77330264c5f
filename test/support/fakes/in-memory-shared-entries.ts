import { SourceConnectionError } from '../../../src/domain/cache/errors.ts';
import type { SharedEntries, SharedEntry } from '../../../src/ports/outbound/shared-entries.ts';
import { Gate } from './gate.ts';

interface KeptValue {
  readonly bytes: Uint8Array;
  readonly goneAt: number;
}

/** Shared entries in memory. Tests can make calls fail, delay them and delete the entries. */
export class InMemorySharedEntries implements SharedEntries {
  readonly #now: () => number;
  readonly #values: Map<string, KeptValue>;
  /** How all calls end. `hangs`: they end only when they are aborted. */
  state: 'works' | 'fails' | 'hangs' = 'works';
  /** Calls so far. */
  calls = 0;
  #gate: Gate | undefined;
  opened = 0;
  dropped = 0;

  /** @param now the time by which lifetimes end, in milliseconds */
  constructor(now: () => number, values = new Map<string, KeptValue>()) {
    this.#now = now;
    this.#values = values;
  }

  /** The same entries for another environment. */
  another(): InMemorySharedEntries {
    return new InMemorySharedEntries(this.#now, this.#values);
  }

  get names(): readonly string[] {
    return [...this.#values.keys()];
  }

  /** How long the values are still kept, in milliseconds. */
  get lifetimesMs(): readonly number[] {
    return [...this.#values.values()].map(({ goneAt }) => goneAt - this.#now());
  }

  /** Delays all later calls until the gate is opened. */
  hold(): Gate {
    this.#gate = new Gate();
    return this.#gate;
  }

  flush(): void {
    this.#values.clear();
  }

  /** Replaces each value. */
  change(change: (bytes: Uint8Array) => Uint8Array): void {
    for (const [name, value] of this.#values)
      this.#values.set(name, { ...value, bytes: change(value.bytes) });
  }

  async getMany(names: readonly string[], signal: AbortSignal): Promise<readonly (Uint8Array | undefined)[]> {
    await this.#pass(signal);
    return names.map((name) => {
      const value = this.#values.get(name);
      return value !== undefined && value.goneAt > this.#now() ? value.bytes.slice() : undefined;
    });
  }

  async setMany(entries: readonly SharedEntry[], signal: AbortSignal): Promise<void> {
    await this.#pass(signal);
    for (const { name, bytes, lifetimeMs } of entries)
      this.#values.set(name, { bytes: bytes.slice(), goneAt: this.#now() + lifetimeMs });
  }

  open(): void {
    this.opened += 1;
  }

  dropConnections(): void {
    this.dropped += 1;
  }

  async #pass(signal: AbortSignal): Promise<void> {
    this.calls += 1;
    if (this.state === 'fails') throw new SourceConnectionError('no connection');
    if (this.state !== 'hangs') return this.#gate?.pass(signal);
    await new Promise((_, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason));
    });
  }
}
