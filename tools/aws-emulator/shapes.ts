import { serializationError, validationError } from './errors.ts';

/** One member of an input: reads a JSON value, or notes which constraint it violates. */
export interface Field<T> {
  read(value: unknown, member: string, violations: string[]): T;
}

/** The members of an operation's input. */
export type Shape = Readonly<Record<string, Field<unknown>>>;

export type Input<S extends Shape> = {
  readonly [Member in keyof S]: S[Member] extends Field<infer T> ? T : never;
};

/**
 * Reads the input of an operation. Stricter than AWS in one point: it rejects unknown members, which AWS ignores.
 *
 * @throws {AwsError} `SerializationException` for a wrong type, `ValidationException` for constraints
 */
export function readInput<S extends Shape>(shape: S, body: unknown): Input<S> {
  const violations: string[] = [];
  const input = readMembers(shape, body, '', violations);
  if (violations.length > 0) {
    const errors = violations.length === 1 ? 'validation error' : 'validation errors';
    throw validationError(`${violations.length} ${errors} detected: ${violations.join('; ')}`);
  }
  return input;
}

function readMembers<S extends Shape>(shape: S, body: unknown, path: string, violations: string[]): Input<S> {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) throw serializationError();
  const members: Readonly<Record<string, unknown>> = { ...body };
  for (const name of Object.keys(members)) {
    if (!Object.hasOwn(shape, name)) throw validationError(`Unknown member: ${path}${name}`);
  }
  const read = Object.entries(shape).map(([name, field]) => [
    name,
    field.read(members[name], path + lowerFirst(name), violations),
  ]);
  // TypeScript cannot follow that each member was read by its own field.
  return Object.fromEntries(read) as Input<S>;
}

export interface TextLimits {
  readonly min?: number;
  readonly max?: number;
  readonly oneOf?: readonly string[];
}

export const text = ({ min, max, oneOf }: TextLimits = {}): Field<string> => ({
  read(value, member, violations) {
    if (typeof value !== 'string') throw wrongType(value, 'String');
    checkLength(value.length, { min, max }, member, violations);
    if (oneOf !== undefined && !oneOf.includes(value)) {
      violations.push(violation(member, `Member must satisfy enum value set: [${oneOf.join(', ')}]`));
    }
    return value;
  },
});

export const flag = (): Field<boolean> => ({
  read(value) {
    if (typeof value !== 'boolean') throw wrongType(value, 'Boolean');
    return value;
  },
});

export const integer = (min: number, max: number): Field<number> => ({
  read(value, member, violations) {
    if (typeof value !== 'number' || !Number.isInteger(value)) throw wrongType(value, 'Integer');
    if (value < min)
      violations.push(violation(member, `Member must have value greater than or equal to ${min}`));
    if (value > max)
      violations.push(violation(member, `Member must have value less than or equal to ${max}`));
    return value;
  },
});

/** Bytes, sent in base64. */
export const blob = (max: number): Field<Buffer> => ({
  read(value, member, violations) {
    if (typeof value !== 'string') throw wrongType(value, 'ByteBuffer');
    const bytes = Buffer.from(value, 'base64');
    if (bytes.toString('base64') !== value) throw serializationError();
    checkLength(bytes.length, { min: 1, max }, member, violations);
    return bytes;
  },
});

export const list = <T>(of: Field<T>, min: number, max: number): Field<readonly T[]> => ({
  read(value, member, violations) {
    if (!Array.isArray(value)) throw wrongType(value, 'List');
    checkLength(value.length, { min, max }, member, violations);
    return value.map((each: unknown, index) => of.read(each, `${member}.${index + 1}.member`, violations));
  },
});

export const structure = <S extends Shape>(shape: S): Field<Input<S>> => ({
  read: (value, member, violations) => readMembers(shape, value, `${member}.`, violations),
});

/** Any JSON value, for members that the emulator accepts and ignores. */
export const anything = (): Field<unknown> => ({ read: (value) => value });

export const optional = <T>(field: Field<T>): Field<T | undefined> => ({
  read: (value, member, violations) =>
    value === undefined || value === null ? undefined : field.read(value, member, violations),
});

export const required = <T>(field: Field<T>): Field<T> => ({
  read(value, member, violations) {
    if (value !== undefined && value !== null) return field.read(value, member, violations);
    throw validationError(
      `1 validation error detected: Value null at '${member}' failed to satisfy constraint: Member must not be null`,
    );
  },
});

const lowerFirst = (name: string) => name.charAt(0).toLowerCase() + name.slice(1);

/** AWS quotes the value except where it may be secret; the emulator never does. */
const violation = (member: string, constraint: string) =>
  `Value at '${member}' failed to satisfy constraint: ${constraint}`;

function checkLength(
  length: number,
  { min = 0, max = Number.MAX_SAFE_INTEGER }: { min?: number | undefined; max?: number | undefined },
  member: string,
  violations: string[],
): void {
  if (length < min)
    violations.push(violation(member, `Member must have length greater than or equal to ${min}`));
  if (length > max)
    violations.push(violation(member, `Member must have length less than or equal to ${max}`));
}

function wrongType(value: unknown, wanted: string) {
  const given = Array.isArray(value) ? 'LIST_VALUE' : `${(typeof value).toUpperCase()}_VALUE`;
  return serializationError(`${given} cannot be converted to ${wanted}`);
}
