import type { Body, EntryKey } from '../cache/cache-entry.ts';
import type { JsonObject } from '../json/json-object.ts';

/** A key and its bodies; no bodies if AWS has no value for the key. */
export interface KeyedValue {
  readonly key: EntryKey;
  readonly bodies: readonly Body[];
}

/** The answer to a read of several keys. */
export interface ValueBatch {
  readonly answers: readonly KeyedValue[];
  /** Keys without an answer. They must be read again, one by one; they are not absent. */
  readonly unprocessed: readonly EntryKey[];
}

/**
 * Selects the keys of one call: the first keys of one kind.
 *
 * @param kindOf returns the kind of a key; `undefined` if the key can only be read by itself
 */
export const selectBatch = (
  keys: readonly EntryKey[],
  limit: number,
  kindOf: (key: EntryKey) => string | undefined,
): readonly EntryKey[] => {
  const kinds = new Map(keys.map((key) => [key, kindOf(key)]));
  const kind = [...kinds.values()].find((each) => each !== undefined);
  return kind === undefined ? [] : keys.filter((key) => kinds.get(key) === kind).slice(0, limit);
};

/**
 * Sorts the answers to a read of several keys.
 *
 * @param bodiesOf returns the bodies of a key, no bodies if it is absent, `undefined` if the answer does not mention it
 */
export const valueBatch = (
  keys: readonly EntryKey[],
  bodiesOf: (key: EntryKey) => readonly Body[] | undefined,
): ValueBatch => {
  const answers: KeyedValue[] = [];
  const unprocessed: EntryKey[] = [];
  for (const key of keys) {
    const bodies = bodiesOf(key);
    if (bodies === undefined) unprocessed.push(key);
    else answers.push({ key, bodies });
  }
  return { answers, unprocessed };
};

/**
 * The elements of an answer by a text. A text of elements with different ARNs, such as a name that exists in two accounts,
 * finds none of them.
 */
export const elementsBy = (
  elements: readonly JsonObject[],
  textOf: (element: JsonObject) => string,
): ReadonlyMap<string, JsonObject> => {
  const found = new Map<string, JsonObject>();
  const ambiguous = new Set<string>();
  for (const element of elements) {
    const text = textOf(element);
    const other = found.get(text);
    if (other !== undefined && other.ARN !== element.ARN) ambiguous.add(text);
    found.set(text, element);
  }
  for (const text of ambiguous) found.delete(text);
  return found;
};
