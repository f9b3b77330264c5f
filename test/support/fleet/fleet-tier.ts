import { SourceConnectionError, SourceRefusedError } from '../../../src/domain/cache/errors.ts';
import type { SharedEntries, SharedEntry } from '../../../src/ports/outbound/shared-entries.ts';
import type { Chance } from '../chance.ts';
import type { EnvironmentClock, FleetTime } from './fleet-time.ts';

/** What is wrong with the second tier for all environments. */
export type TierOutage = 'none' | 'down' | 'hanging' | 'late' | 'stale' | 'corrupt';

interface KeptValue {
  readonly bytes: Uint8Array;
  readonly goneAt: number;
}

/** The values of all environments. */
export class FleetTier {
  readonly #time: FleetTime;
  readonly #chance: Chance;
  /** All values that were ever stored under each name, the newest last. */
  readonly #values = new Map<string, KeptValue[]>();
  outage: TierOutage = 'none';

  constructor(time: FleetTime, chance: Chance) {
    this.#time = time;
    this.#chance = chance;
  }

  flush(): void {
    this.#values.clear();
  }

  read(name: string): Uint8Array | undefined {
    const values = this.#values.get(name) ?? [];
    // A replica that is behind, or a restored backup.
    if (this.outage === 'stale' && values.length > 0) return this.#chance.pick(at(values)).bytes;
    const value = values.at(-1);
    if (value === undefined || value.goneAt <= this.#time.passedMs) return undefined;
    if (this.outage !== 'corrupt') return value.bytes;
    const bytes = value.bytes.slice(0, this.#chance.between(0, value.bytes.length));
    bytes.fill(1, this.#chance.between(0, bytes.length));
    return bytes;
  }

  store({ name, bytes, lifetimeMs }: SharedEntry): void {
    const value = { bytes: bytes.slice(), goneAt: this.#time.passedMs + lifetimeMs };
    this.#values.set(name, [...(this.#values.get(name) ?? []), value]);
  }
}

const at = <Value>(values: readonly Value[]): readonly [Value, ...Value[]] => {
  const [first, ...rest] = values;
  if (first === undefined) throw new Error('no value');
  return [first, ...rest];
};

export interface TierLinkParts {
  readonly tier: FleetTier;
  readonly time: FleetTime;
  readonly clock: EnvironmentClock;
  readonly chance: Chance;
}

/** The way from one environment to the tier: it takes time, and fails. */
export class TierLink implements SharedEntries {
  readonly #parts: TierLinkParts;

  constructor(parts: TierLinkParts) {
    this.#parts = parts;
  }

  getMany(names: readonly string[], signal: AbortSignal): Promise<readonly (Uint8Array | undefined)[]> {
    return this.#call(signal, () => names.map((name) => this.#parts.tier.read(name)));
  }

  setMany(entries: readonly SharedEntry[], signal: AbortSignal): Promise<void> {
    return this.#call(signal, () => {
      for (const entry of entries) this.#parts.tier.store(entry);
    });
  }

  #call<Answer>(signal: AbortSignal, act: () => Answer): Promise<Answer> {
    const { tier, time, clock, chance } = this.#parts;
    return new Promise((resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason));
      const fail = () =>
        clock.after(this.#wayMs(), () =>
          reject(
            chance.oneIn(2)
              ? new SourceConnectionError('no connection to the tier')
              : new SourceRefusedError('the tier refuses'),
          ),
        );
      if (tier.outage === 'down') {
        fail();
        return;
      }
      if (tier.outage === 'hanging') return;
      time.schedule(this.#wayMs(), () => {
        const answer = act();
        time.schedule(this.#wayMs(), () => clock.deliver(() => resolve(answer)));
      });
    });
  }

  #wayMs(): number {
    const { tier, chance } = this.#parts;
    return tier.outage === 'late' || chance.oneIn(10) ? chance.between(10, 120) : chance.between(0, 3);
  }
}
