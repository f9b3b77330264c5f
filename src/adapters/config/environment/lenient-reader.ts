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
