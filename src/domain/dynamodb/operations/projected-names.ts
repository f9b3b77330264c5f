import { isObject, type JsonObject } from '../json/wire-json.ts';
import { isReservedWord } from '../model/projection.ts';

/** More than a request of good sense has; DynamoDB's own limits lie above. */
const MAX_NAMES = 100;
const MAX_EXPRESSION_LENGTH = 4_096;
const ALIAS = /^#\w+$/;
/** What may stand in an expression as it is, reserved words apart. */
const BARE_NAME = /^[A-Za-z]\w*$/;
/** All that DynamoDB takes for space between names. */
const SPACE = /^[ \t\r\n]+|[ \t\r\n]+$/g;

/** What a request asks of an item: everything, or attributes by their names, in the order of asking. */
export type Wanted = 'everything' | readonly string[];

/**
 * What a request asks for, if it asks for top-level attributes without any mistake. `undefined` for all else:
 * paths into attributes, reserved words, names that are given twice, not used or not defined.
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

/** Attribute names are longer in DynamoDB only where they are no key of anything; those are rare enough to be left to it. */
const isName = (value: unknown): value is string =>
  typeof value === 'string' && value !== '' && value.length <= 255;

const distinct = (names: readonly string[]): readonly string[] | undefined =>
  names.length > 0 && names.length <= MAX_NAMES && new Set(names).size === names.length ? names : undefined;
