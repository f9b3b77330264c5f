import {
  type CompatibleListener,
  FUNCTION_VARIABLE_PREFIX,
  VARIABLE_PREFIX,
  VARIABLES,
} from './variable-names.ts';
import type { EnvironmentVariables } from './variables.ts';

const KNOWN: readonly string[] = Object.values(VARIABLES);

const KNOWN_ENDINGS = KNOWN.map((name) => name.slice(VARIABLE_PREFIX.length));

/** Reports unknown variables with the extension's prefix. Does not show their values, which may be secrets. */
export const unknownVariables = (environment: EnvironmentVariables): readonly string[] =>
  Object.keys(environment)
    .filter((name) => name.startsWith(VARIABLE_PREFIX) && !name.startsWith(FUNCTION_VARIABLE_PREFIX))
    .filter((name) => !KNOWN.includes(name) && environment[name])
    .sort()
    .map((name) => `${name} is unknown (its value is not shown); ${advice(name)}`);

const advice = (name: string): string => {
  const nearest = nearestName(name.slice(VARIABLE_PREFIX.length), KNOWN_ENDINGS);
  return nearest === undefined
    ? `allowed: ${KNOWN.join(', ')}`
    : `did you mean ${VARIABLE_PREFIX}${nearest}?`;
};

/** A name counts as a misspelling if at most this share of its characters differs. */
const MAX_DIFFERENCE = 0.4;

/** Finds the most similar of `names`, ignoring letter case; undefined if none is similar. */
export const nearestName = (given: string, names: readonly string[]): string | undefined => {
  let nearest: string | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const name of names) {
    const allowance = Math.max(1, Math.floor(name.length * MAX_DIFFERENCE));
    // The length check excludes most names, and bounds the cost of a very long one.
    if (Math.abs(name.length - given.length) > allowance) continue;
    const distance = editDistance(given.toLowerCase(), name.toLowerCase());
    if (distance <= allowance && distance < least) {
      nearest = name;
      least = distance;
    }
  }
  return nearest;
};

/** The number of insertions, deletions, replacements and swaps of adjacent characters between two texts. */
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

/** The variables of AWS's extensions. */
const OF_AWS: readonly (readonly [names: RegExp, listener: CompatibleListener, name: string])[] = [
  [
    /^PARAMETERS_SECRETS_EXTENSION_|^(?:SSM_PARAMETER_STORE|SECRETS_MANAGER)_(?:TTL|TIMEOUT_MILLIS)$/,
    'parameters-and-secrets',
    'Parameters and Secrets extension',
  ],
  [/^AWS_APPCONFIG_EXTENSION_/, 'appconfig', 'AppConfig Agent extension'],
];

/** How to start without a `cache.yaml`, for functions that have variables of one of AWS's extensions. */
export const adviceOnCompatibility = (environment: EnvironmentVariables): readonly string[] => {
  const advice = new Map<CompatibleListener, string>();
  for (const variable of Object.keys(environment)) {
    for (const [names, listener, name] of OF_AWS) {
      if (!names.test(variable) || advice.has(listener)) continue;
      const next = `to replace that extension without a cache.yaml, set ${VARIABLES.compatibility}=${listener}`;
      advice.set(listener, `${variable} is set, a variable of AWS's ${name}; ${next}`);
    }
  }
  return [...advice.values()];
};
