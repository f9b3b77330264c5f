import type { Duration, Size } from 'aws-cdk-lib';

/** The kind of value that a setting takes. It is checked at run time, because JavaScript can pass any value. */
export interface ValueKind {
  /** Completes the message "takes …". */
  readonly takes: string;
  /** Whether messages must not show a value. */
  readonly isSecret?: boolean;
  /** Returns the value as text for an environment variable, or undefined if it is of another kind. */
  write(value: unknown): string | undefined;
}

export const DURATION: ValueKind = {
  takes: 'a Duration, e.g. Duration.minutes(5)',
  // A whole number of milliseconds is a Go duration without rounding.
  write: (value) => (isDuration(value) ? `${value.toMilliseconds()}ms` : undefined),
};

export const SIZE: ValueKind = {
  takes: 'a Size, e.g. Size.mebibytes(32)',
  write: (value) => (isSize(value) ? value.toBytes().toString() : undefined),
};

export const NUMBER: ValueKind = {
  takes: 'a number',
  write: (value) => (typeof value === 'number' ? value.toString() : undefined),
};

export const BOOLEAN: ValueKind = {
  takes: 'true or false',
  write: (value) => (typeof value === 'boolean' ? value.toString() : undefined),
};

export const TEXT: ValueKind = {
  takes: 'a string',
  write: (value) => (typeof value === 'string' ? value : undefined),
};

export const SECRET_TEXT: ValueKind = { ...TEXT, isSecret: true };

/** Checks a method instead of the class, because an app may have several copies of aws-cdk-lib. */
const isDuration = (value: unknown): value is Duration => hasMethod(value, 'toMilliseconds');

const isSize = (value: unknown): value is Size => hasMethod(value, 'toBytes');

const hasMethod = (value: unknown, name: string): boolean =>
  isObject(value) && typeof value[name] === 'function';

export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

/** Formats a value for messages: text and numbers in full, objects by class name. */
export const describeValue = (value: unknown): string => {
  if (typeof value === 'string') return JSON.stringify(value);
  if (Array.isArray(value)) return 'an array';
  if (!isObject(value)) return typeof value === 'function' ? 'a function' : String(value);
  const name = value.constructor instanceof Function ? value.constructor.name : '';
  return name === '' || name === 'Object' ? 'an object' : `an instance of ${name}`;
};
