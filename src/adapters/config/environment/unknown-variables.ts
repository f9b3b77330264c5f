import { nearestName } from './nearest-name.ts';
import { VARIABLE_PREFIX, VARIABLES } from './variable-names.ts';
import type { Environment } from './variables.ts';

const KNOWN: readonly string[] = Object.values(VARIABLES);
const KNOWN_ENDINGS = KNOWN.map((name) => name.slice(VARIABLE_PREFIX.length));

/** What is wrong with variables that are ours by their names, and yet unknown. Their values may be secrets. */
export const unknownVariables = (environment: Environment): readonly string[] =>
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
