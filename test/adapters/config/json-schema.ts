import { isDeepStrictEqual } from 'node:util';

type Json = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const typesOf = (value: unknown): readonly string[] => {
  if (Array.isArray(value)) return ['array'];
  if (value === null) return ['null'];
  return typeof value === 'number' && Number.isInteger(value) ? ['integer', 'number'] : [typeof value];
};

const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [value]);

/** What each keyword asks of a value. Those of other types pass, as JSON Schema has it. */
const KEYWORDS: Readonly<Record<string, (wanted: unknown, value: unknown, schema: Json) => boolean>> = {
  type: (wanted, value) => typesOf(value).some((type) => list(wanted).includes(type)),
  enum: (wanted, value) => list(wanted).some((each) => isDeepStrictEqual(each, value)),
  anyOf: (wanted, value) => list(wanted).some((each) => accepts(each, value)),
  pattern: (wanted, value) => typeof value !== 'string' || new RegExp(String(wanted), 'u').test(value),
  minLength: (wanted, value) => typeof value !== 'string' || value.length >= Number(wanted),
  maxLength: (wanted, value) => typeof value !== 'string' || value.length <= Number(wanted),
  minimum: (wanted, value) => typeof value !== 'number' || value >= Number(wanted),
  maximum: (wanted, value) => typeof value !== 'number' || value <= Number(wanted),
  minItems: (wanted, value) => !Array.isArray(value) || value.length >= Number(wanted),
  items: (wanted, value) => !Array.isArray(value) || value.every((item) => accepts(wanted, item)),
  required: (wanted, value) => !isObject(value) || list(wanted).every((name) => String(name) in value),
  properties: (wanted, value) =>
    !isObject(value) ||
    !isObject(wanted) ||
    Object.entries(value).every(
      ([name, each]) => !Object.hasOwn(wanted, name) || accepts(wanted[name], each),
    ),
  // The one pattern that is used allows everything.
  patternProperties: (wanted) => isDeepStrictEqual(Object.values(isObject(wanted) ? wanted : {}), [{}]),
  additionalProperties: (_, value, { properties, patternProperties }) => {
    if (!isObject(value) || !isObject(properties)) return true;
    const patterns = Object.keys(isObject(patternProperties) ? patternProperties : {});
    return Object.keys(value).every(
      (name) => Object.hasOwn(properties, name) || patterns.some((pattern) => new RegExp(pattern).test(name)),
    );
  },
};

const ANNOTATIONS = ['$schema', '$id', 'title', 'description', 'default', 'examples'];

/** Whether a JSON Schema accepts a value; for as much of draft 7 as the schema of `cache.yaml` uses, else it throws. */
export const accepts = (schema: unknown, value: unknown): boolean => {
  if (!isObject(schema)) throw new TypeError('not a schema');
  return Object.entries(schema).every(([keyword, wanted]) => {
    if (ANNOTATIONS.includes(keyword)) return true;
    const check = KEYWORDS[keyword];
    if (check === undefined || (keyword === 'additionalProperties' && wanted !== false)) {
      throw new TypeError(`no check for ${keyword}`);
    }
    return check(wanted, value, schema);
  });
};
