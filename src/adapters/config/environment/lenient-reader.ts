import { durationToMs, parseGoDuration } from '../../../domain/cache/go-values.ts';
import type { LogLevel } from '../../../ports/outbound/logger.ts';
import { VARIABLES } from './variable-names.ts';
import type { Variables } from './variables.ts';

/** The most connections of AWS's extensions, as in `CACHE_EXTENSION_MAX_UPSTREAM_READS`. */
export const MAX_CONNECTIONS = 1000;

/** Our variable of the same meaning takes precedence. */
export const hasOwnTimeout = (variables: Variables): boolean =>
  variables.text(VARIABLES.timeout) !== undefined;

/** Reads variables of AWS's extensions, which never stop for a wrong value. A variable that is not set is undefined. */
export const lenientReader = (variables: Variables) => {
  const warnings: string[] = [];
  const number = (name: string, min: number, max: number): number | undefined => {
    const text = variables.text(name);
    if (text === undefined) return undefined;
    const allowed = `a whole number from ${min}${max === Number.MAX_SAFE_INTEGER ? '' : ` to ${max}`}`;
    const given = /^-?\d{1,15}$/.test(text.trim()) ? Number(text) : undefined;
    const used = given === undefined ? undefined : Math.min(max, Math.max(min, given));
    if (used !== given || given === undefined)
      warnings.push(`${name} is not ${allowed}: ${used === undefined ? 'its default' : used} is used`);
    return used;
  };
  const word = <Word>(name: string, words: ReadonlyMap<string, Word>): Word | undefined => {
    const text = variables.text(name);
    if (text === undefined) return undefined;
    const found = words.get(text.trim().toLowerCase());
    if (found === undefined)
      warnings.push(`${name} is not one of ${[...words.keys()].join(', ')}: its default is used`);
    return found;
  };
  return { number, word, warnings };
};

export const LOG_LEVELS: readonly LogLevel[] = ['debug', 'info', 'warn', 'error', 'none'];

/** The log levels of AWS's extensions, and those of this one that they stand for. */
export const LEVELS_OF_AWS: ReadonlyMap<string, LogLevel> = new Map(
  LOG_LEVELS.map((level) => [level, level]),
);

/** The value of a variable of AppConfig's agent. The agent never stops for a wrong value: it warns, and so does this. */
export interface LenientSetting<Value> {
  readonly value: Value;
  /** For the log; present if the given value, or a part of it, was not used. */
  readonly warning?: string;
}

/** A duration of the agent. All times are in milliseconds. */
interface DurationRule {
  readonly variable: string;
  /** The unit of a number without one. */
  readonly unit: string;
  readonly defaultMs: number;
  readonly minMs: number;
  readonly maxMs: number;
  readonly allowed: string;
}

const POLL_INTERVAL: DurationRule = {
  variable: 'AWS_APPCONFIG_EXTENSION_POLL_INTERVAL_SECONDS',
  unit: 's',
  defaultMs: 45_000,
  minMs: 1_000,
  maxMs: 86_400_000,
  allowed: 'seconds such as 45, or a duration such as 45s, 5m or 1h, from 1s to 24h',
};

const POLL_TIMEOUT: DurationRule = {
  variable: 'AWS_APPCONFIG_EXTENSION_POLL_TIMEOUT_MILLIS',
  unit: 'ms',
  defaultMs: 3_000,
  minMs: 1,
  // The longest time-out of a function.
  maxMs: 900_000,
  allowed: 'milliseconds such as 3000, or a duration such as 300ms or 5s, from 1ms to 15m',
};

/**
 * The time between two polls in milliseconds: `45`, `45s`, `5m` or `1h`; the default is 45 seconds.
 *
 * @param variable how the warning names the setting
 */
export const parsePollInterval = (text: string, variable = POLL_INTERVAL.variable): LenientSetting<number> =>
  parseDuration(text, { ...POLL_INTERVAL, variable });

/** The time-out of a poll in milliseconds: `3000`, `300ms` or `5s`; the default is 3 seconds. */
export const parsePollTimeout = (text: string): LenientSetting<number> => parseDuration(text, POLL_TIMEOUT);

const parseDuration = (text: string, rule: DurationRule): LenientSetting<number> => {
  const given = text.trim();
  if (given === '') return { value: rule.defaultMs };
  const ms = durationIn(given, rule.unit);
  if (ms === undefined) return { value: rule.defaultMs, warning: warningOf(given, rule, rule.defaultMs) };
  const value = Math.min(Math.max(ms, rule.minMs), rule.maxMs);
  return value === ms ? { value } : { value, warning: warningOf(given, rule, value) };
};

const durationIn = (text: string, unit: string): number | undefined => {
  try {
    return durationToMs(parseGoDuration(/^[+-]?\d+$/.test(text) ? text + unit : text));
  } catch {
    return undefined;
  }
};

const MAX_SHOWN = 80;

const warningOf = (given: string, { variable, allowed }: DurationRule, usedMs: number): string =>
  `${variable} is ${JSON.stringify(given.slice(0, MAX_SHOWN))}; allowed: ${allowed}; ${usedMs} ms is used`;
