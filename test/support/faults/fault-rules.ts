import type { Fault, ProxiedRequest } from './exchange.ts';

/** Which requests a fault befalls: those that fit everything that is said here. */
export interface FaultRule {
  readonly fault: Fault;
  /** Without the version, for example `GetItem`. */
  readonly operation?: string;
  /** One of the keys that are asked for; see `ProxiedRequest.keys`. */
  readonly key?: string;
  readonly when?: (request: ProxiedRequest) => boolean;
  /** How many requests that fit are spared first. */
  readonly after?: number;
  /** How many requests it befalls, from then on; all of them if absent. */
  readonly times?: number;
}

/** Finds the fault for each request. Of several rules that fit, the one laid down last counts. */
export class FaultRules {
  #rules: readonly { readonly rule: FaultRule; seen: number }[] = [];

  add(rule: FaultRule): void {
    this.#rules = [{ rule, seen: 0 }, ...this.#rules];
  }

  clear(): void {
    this.#rules = [];
  }

  /** The fault for the request; `undefined` if none befalls it. */
  take(request: ProxiedRequest): Fault | undefined {
    for (const entry of this.#rules) {
      const { rule } = entry;
      if (!fits(rule, request)) continue;
      entry.seen += 1;
      const turn = entry.seen - (rule.after ?? 0);
      if (turn > 0 && turn <= (rule.times ?? Number.POSITIVE_INFINITY)) return rule.fault;
    }
    return undefined;
  }
}

const fits = ({ operation, key, when }: FaultRule, request: ProxiedRequest): boolean =>
  (operation === undefined || operation === request.operation) &&
  (key === undefined || request.keys.includes(key)) &&
  (when === undefined || when(request));
