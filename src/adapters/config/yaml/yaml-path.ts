import { shownValue } from '../environment/shown-value.ts';

/** From the top of a document to a value: names, and places in lists. */
export type Path = readonly (string | number)[];

/** A path in words fit for a message, such as `dynamodb[0].keys[2].hash`. */
export const labelOf = (path: Path): string => {
  if (path.length === 0) return 'the file';
  return path.map(step).join('').replace(/^\./, '');
};

const step = (part: string | number): string => {
  if (typeof part === 'number') return `[${part}]`;
  return /^[\w-]+$/.test(part) && part.length < 64 ? `.${part}` : `[${shownValue(part)}]`;
};
