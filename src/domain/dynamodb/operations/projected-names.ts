import { isObject, type JsonObject } from '../json/wire-json.ts';
import { isReservedWord } from '../model/projection.ts';

/** Larger requests are forwarded. DynamoDB's own limits are higher. */
const MAX_NAMES = 100;
const MAX_EXPRESSION_LENGTH = 4_096;
const ALIAS = /^#\w+$/;
/** A name that needs no alias in an expression, unless it is a reserved word. */
const BARE_NAME = /^[A-Za-z]\w*$/;
/** The white space that DynamoDB accepts between names. */
const SPACE = /^[ \t\r\n]+|[ \t\r\n]+$/g;

/** What a request reads of an item: everything, or attributes by name, in the order of the request. */
export type Wanted = 'everything' | readonly string[];

/**
 * Returns the top-level attributes that a request reads. Returns `undefined` for other projections and for all that
 * DynamoDB might reject: nested paths, reserved words, repeated names, unused or undefined aliases.
 */
export const projectedNames = (request: JsonObject): Wanted | undefined => {
  const {
    AttributesToGet: attributes,
    ProjectionExpression: expression,
    ExpressionAttributeNames: aliases,
  } = request;
  if (expression === undefined) {
    if (aliases !== undefined) return undefined;
    return attributes === undefined ? 'everything' : listedNames(attributes);
  }
  if (attributes !== undefined || typeof expression !== 'string') return undefined;
  return namesIn(expression, aliases ?? {}, aliases !== undefined);
};

const listedNames = (attributes: unknown): Wanted | undefined =>
  Array.isArray(attributes) && attributes.every(isName) ? distinct(attributes) : undefined;

const namesIn = (expression: string, aliases: unknown, areAliasesGiven: boolean): Wanted | undefined => {
  if (expression.length > MAX_EXPRESSION_LENGTH || !isObject(aliases)) return undefined;
  const defined = Object.entries(aliases);
  if (areAliasesGiven && defined.length === 0) return undefined;
  const terms = expression.split(',').map((term) => term.replaceAll(SPACE, ''));
  const used = new Set(terms);
  if (!defined.every(([alias]) => ALIAS.test(alias) && used.has(alias))) return undefined;
  const names = terms.map((term) => {
    if (ALIAS.test(term)) return Object.hasOwn(aliases, term) ? aliases[term] : undefined;
    return BARE_NAME.test(term) && !isReservedWord(term) ? term : undefined;
  });
  return names.every(isName) ? distinct(names) : undefined;
};

/** Only names of attributes that are not keys may be longer in DynamoDB. They are rare, so requests for them are forwarded. */
const isName = (value: unknown): value is string =>
  typeof value === 'string' && value !== '' && value.length <= 255;

const distinct = (names: readonly string[]): readonly string[] | undefined =>
  names.length > 0 && names.length <= MAX_NAMES && new Set(names).size === names.length ? names : undefined;
