import fc from 'fast-check';
import type { AttributeMap, AttributeValue } from '../../../src/domain/dynamodb/json/dynamodb-json.ts';
import { anyText } from '../any-text.ts';

const number = fc.oneof(
  fc.integer().map(String),
  fc.constantFrom('-0', '0.50', '1e5', '.5', '+1', '007', `-${'9'.repeat(20)}.${'9'.repeat(18)}`),
);

/** Any attribute value, and any item. */
export const { value: anyValue, map: anyAttributes } = fc.letrec<{
  value: AttributeValue;
  map: AttributeMap;
}>((tie) => ({
  map: fc
    .array(fc.tuple(anyText({ maxLength: 3 }), tie('value')), { maxLength: 5 })
    .map((members) => Object.fromEntries(members)),
  value: fc.oneof(
    { maxDepth: 3 },
    anyText().map((S) => ({ S })),
    number.map((N) => ({ N })),
    fc.base64String().map((B) => ({ B })),
    fc.boolean().map((BOOL) => ({ BOOL })),
    fc.constant({ NULL: true }),
    fc.array(anyText(), { maxLength: 3 }).map((SS) => ({ SS })),
    fc.array(number, { maxLength: 3 }).map((NS) => ({ NS })),
    fc.array(fc.base64String(), { maxLength: 3 }).map((BS) => ({ BS })),
    fc.array(tie('value'), { maxLength: 4 }).map((L) => ({ L })),
    tie('map').map((M) => ({ M })),
  ),
}));
