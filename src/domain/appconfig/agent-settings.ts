import { durationToMs, parseGoDuration } from '../cache/go-values.ts';
import {
  type ConfigurationName,
  MAX_NAME_CHARACTERS,
  nameOfParts,
  parseConfigurationPath,
} from './configuration-name.ts';

/** The value of a variable of AppConfig's agent. The agent never stops for a wrong value: it warns, and so does this. */
export interface AgentSetting<Value> {
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

/** The time between two polls in milliseconds: `45`, `45s`, `5m` or `1h`; the default is 45 seconds. */
export const parsePollInterval = (text: string): AgentSetting<number> => parseDuration(text, POLL_INTERVAL);

/** The time-out of a poll in milliseconds: `3000`, `300ms` or `5s`; the default is 3 seconds. */
export const parsePollTimeout = (text: string): AgentSetting<number> => parseDuration(text, POLL_TIMEOUT);

const parseDuration = (text: string, rule: DurationRule): AgentSetting<number> => {
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

const PREFETCH_LIST = 'AWS_APPCONFIG_EXTENSION_PREFETCH_LIST';

/**
 * The configurations to load at the start, separated by commas. Each is `Application:Environment:Profile`, or the older
 * `/applications/{application}/environments/{environment}/configurations/{profile}`. Unreadable ones are skipped.
 */
export const parsePrefetchList = (text: string): AgentSetting<readonly ConfigurationName[]> => {
  const value: ConfigurationName[] = [];
  const unreadable: number[] = [];
  for (const [index, part] of text.split(',').entries()) {
    const given = part.trim();
    if (given === '') continue;
    const name = given.startsWith('/') ? parseConfigurationPath(given) : nameOfParts(given.split(':'));
    if (name === undefined) unreadable.push(index + 1);
    else value.push(name);
  }
  if (unreadable.length === 0) return { value };
  const warning = `${PREFETCH_LIST}: ignored at position ${unreadable.join(', ')}; allowed: Application:Environment:Profile, each a name or an id of at most ${MAX_NAME_CHARACTERS} characters; an id must replace a name with a comma or a colon`;
  return { value, warning };
};
