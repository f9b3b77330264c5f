import {
  durationToMs,
  GO_BOOL_RULE,
  GO_DURATION_RULE,
  NOT_NEGATIVE_RULE,
  parseGoBool,
  parseGoDuration,
} from '../../../domain/cache/go-values.ts';
import { VARIABLE_PREFIX, VARIABLES } from './variable-names.ts';

/** The environment of a process. */
export type EnvironmentVariables = Readonly<Record<string, string | undefined>>;

/** The smallest and the largest value allowed. */
export interface Range {
  readonly min: number;
  readonly max: number;
}

/** Reads variables one by one, gathers what is wrong with them, and goes on with the default where something is. */
export class Variables {
  readonly #environment: EnvironmentVariables;
  readonly #problems: string[] = [];

  constructor(environment: EnvironmentVariables) {
    this.#environment = environment;
  }

  /** What was found wrong so far: the variable, its value, what is allowed. */
  get problems(): readonly string[] {
    return this.#problems;
  }

  /** The value as it is; an empty one counts as unset. */
  text(name: string): string | undefined {
    return this.#environment[name] || undefined;
  }

  /** A number in decimal digits. */
  wholeNumber<Fallback extends number | undefined>(
    name: string,
    { min, max }: Range,
    fallback: Fallback,
  ): number | Fallback {
    const text = this.text(name);
    if (text === undefined) return fallback;
    const value = /^[0-9]+$/.test(text) ? Number(text) : Number.NaN;
    if (value >= min && value <= max) return value;
    this.reject(name, `a whole number from ${min} to ${max}`);
    return fallback;
  }

  /** A Go duration that is not negative, in milliseconds. */
  durationMs(name: string, fallbackMs: number): number {
    const valueMs = this.#parsed(name, durationMsOf, GO_DURATION_RULE) ?? fallbackMs;
    if (valueMs >= 0) return valueMs;
    this.reject(name, NOT_NEGATIVE_RULE);
    return fallbackMs;
  }

  /** A Go duration that something may take, in milliseconds: from 1 ms to 15 min, the longest invocation. */
  timeoutMs(name: string, fallbackMs: number): number {
    const valueMs = this.#parsed(name, durationMsOf, GO_DURATION_RULE) ?? fallbackMs;
    if (valueMs >= 1 && valueMs <= MAX_TIMEOUT_MS) return valueMs;
    this.reject(name, 'a Go duration from 1ms to 15m');
    return fallbackMs;
  }

  /** A Go boolean. */
  boolean(name: string, fallback: boolean): boolean {
    return this.#parsed(name, parseGoBool, GO_BOOL_RULE) ?? fallback;
  }

  /** One of several words. */
  choice<Word extends string>(name: string, words: readonly Word[], fallback: Word): Word {
    const text = this.text(name);
    if (text === undefined) return fallback;
    const word = words.find((each) => each === text);
    if (word === undefined) this.reject(name, `one of ${words.join(', ')}`);
    return word ?? fallback;
  }

  /** A secret to be sent in a header. */
  token(name: string): string | undefined {
    const text = this.text(name);
    if (text === undefined || /^[!-~]{1,4096}$/.test(text)) return text;
    this.report(`${name} is not fit for a header (its value is not shown); ${TOKEN_RULE}`);
    return undefined;
  }

  /** Adds the problem that the value of `name` is none of what is `allowed`. */
  reject(name: string, allowed: string): void {
    this.report(`${name} is ${shownValue(this.#environment[name] ?? '')}; allowed: ${allowed}`);
  }

  /** Adds a problem in words of its own. */
  report(problem: string): void {
    this.#problems.push(problem);
  }

  #parsed<Value>(name: string, parse: (text: string) => Value, allowed: string): Value | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    try {
      return parse(text);
    } catch {
      this.reject(name, allowed);
      return undefined;
    }
  }
}

const TOKEN_RULE = 'allowed: 1 to 4096 visible ASCII characters';

const MAX_TIMEOUT_MS = 15 * 60 * 1000;

const durationMsOf = (text: string): number => durationToMs(parseGoDuration(text));

const MAX_SHOWN = 80;

/** A value as a message shows it: on one line, in quotes, cut where it is long. */
export const shownValue = (value: string): string =>
  JSON.stringify(value.length > MAX_SHOWN ? `${value.slice(0, MAX_SHOWN)}…` : value);

const KNOWN: readonly string[] = Object.values(VARIABLES);
const KNOWN_ENDINGS = KNOWN.map((name) => name.slice(VARIABLE_PREFIX.length));

/** What is wrong with variables that are ours by their names, and yet unknown. Their values may be secrets. */
export const unknownVariables = (environment: EnvironmentVariables): readonly string[] =>
  Object.keys(environment)
    .filter((name) => name.startsWith(VARIABLE_PREFIX) && !KNOWN.includes(name) && environment[name])
    .sort()
    .map((name) => `${name} is unknown (its value is not shown); ${advice(name)}`);

const advice = (name: string): string => {
  const nearest = nearestName(name.slice(VARIABLE_PREFIX.length), KNOWN_ENDINGS);
  return nearest === undefined
    ? `allowed: ${KNOWN.join(', ')}`
    : `did you mean ${VARIABLE_PREFIX}${nearest}?`;
};

/** The share of a name that may differ for it to be taken for a slip of the pen. */
const MAX_DIFFERENCE = 0.4;

/** The one of `names` that was probably meant by `given`, in whatever letter case; undefined if none is near. */
export const nearestName = (given: string, names: readonly string[]): string | undefined => {
  let nearest: string | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const name of names) {
    const allowance = Math.max(1, Math.floor(name.length * MAX_DIFFERENCE));
    // Lengths alone tell most names apart, and keep a monstrous one from costing anything.
    if (Math.abs(name.length - given.length) > allowance) continue;
    const distance = editDistance(given.toLowerCase(), name.toLowerCase());
    if (distance <= allowance && distance < least) {
      nearest = name;
      least = distance;
    }
  }
  return nearest;
};

/** How many characters must be added, removed, replaced or swapped with the next to make one text of the other. */
const editDistance = (from: string, to: string): number => {
  let twoAbove: number[] = [];
  let above = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let row = 1; row <= from.length; row++) {
    const current = [row];
    for (let column = 1; column <= to.length; column++) {
      const replaced = (above[column - 1] ?? 0) + (from[row - 1] === to[column - 1] ? 0 : 1);
      const isSwap = from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      const swapped = isSwap ? (twoAbove[column - 2] ?? 0) + 1 : replaced;
      current.push(Math.min(replaced, swapped, (above[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1));
    }
    twoAbove = above;
    above = current;
  }
  return above[to.length] ?? 0;
};
