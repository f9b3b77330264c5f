import {
  durationToMs,
  GO_BOOL_RULE,
  GO_DURATION_RULE,
  NOT_NEGATIVE_RULE,
  parseGoBool,
  parseGoDuration,
} from '../../../domain/cache/go-values.ts';

/** The environment of a process. */
export type EnvironmentVariables = Readonly<Record<string, string | undefined>>;

/** The smallest and the largest value allowed. */
export interface Range {
  readonly min: number;
  readonly max: number;
}

/** Reads variables, collects their problems, and returns the default for an invalid value. */
export class Variables {
  readonly #environment: EnvironmentVariables;
  readonly #problems: string[] = [];

  constructor(environment: EnvironmentVariables) {
    this.#environment = environment;
  }

  /** The problems found so far, each with the variable, its value, and the allowed values. */
  get problems(): readonly string[] {
    return this.#problems;
  }

  /** The unchanged value. An empty value counts as unset. */
  text(name: string): string | undefined {
    return this.#environment[name] || undefined;
  }

  /** A whole number in decimal digits. */
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
    const valueMs = this.#parse(name, durationMsOf, GO_DURATION_RULE) ?? fallbackMs;
    if (valueMs >= 0) return valueMs;
    this.reject(name, NOT_NEGATIVE_RULE);
    return fallbackMs;
  }

  /** A Go duration in milliseconds, from 1 ms to 15 min, the longest invocation. */
  timeoutMs(name: string, fallbackMs: number): number {
    const valueMs = this.#parse(name, durationMsOf, GO_DURATION_RULE) ?? fallbackMs;
    if (valueMs >= 1 && valueMs <= MAX_TIMEOUT_MS) return valueMs;
    this.reject(name, 'a Go duration from 1ms to 15m');
    return fallbackMs;
  }

  /** A Go boolean. */
  boolean(name: string, fallback: boolean): boolean {
    return this.#parse(name, parseGoBool, GO_BOOL_RULE) ?? fallback;
  }

  /** One of several words. */
  choice<Word extends string>(name: string, words: readonly Word[], fallback: Word): Word {
    const text = this.text(name);
    if (text === undefined) return fallback;
    const word = words.find((each) => each === text);
    if (word === undefined) this.reject(name, `one of ${words.join(', ')}`);
    return word ?? fallback;
  }

  /** A secret for a header. Problems do not show its value. */
  token(name: string): string | undefined {
    const text = this.text(name);
    if (text === undefined || /^[!-~]{1,4096}$/.test(text)) return text;
    this.report(`${name} is not fit for a header (its value is not shown); ${TOKEN_RULE}`);
    return undefined;
  }

  /** Adds the problem that the value of `name` is not allowed. */
  reject(name: string, allowed: string): void {
    this.report(`${name} is ${shownValue(this.#environment[name] ?? '')}; allowed: ${allowed}`);
  }

  /** Adds a problem with the given text. */
  report(problem: string): void {
    this.#problems.push(problem);
  }

  #parse<Value>(name: string, parse: (text: string) => Value, allowed: string): Value | undefined {
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

export const REGION_RULE = 'an AWS region such as eu-west-1';

const TOKEN_RULE = 'allowed: 1 to 4096 visible ASCII characters';

const MAX_TIMEOUT_MS = 15 * 60 * 1000;

const durationMsOf = (text: string): number => durationToMs(parseGoDuration(text));

const MAX_SHOWN = 80;

/** Formats a value for a message: on one line, in quotes, truncated. */
export const shownValue = (value: string): string =>
  // JSON leaves these two as they are, and they end a line for many readers.
  JSON.stringify(value.length > MAX_SHOWN ? `${value.slice(0, MAX_SHOWN)}…` : value)
    .replaceAll('\u2028', '\\u2028')
    .replaceAll('\u2029', '\\u2029');
