/** One value in DynamoDB's typed JSON, as it goes over the wire: numbers as decimal text, binary as base64 text. */
export type AttributeValue =
  | { readonly S: string }
  | { readonly N: string }
  | { readonly B: string }
  | { readonly SS: readonly string[] }
  | { readonly NS: readonly string[] }
  | { readonly BS: readonly string[] }
  | { readonly M: AttributeMap }
  | { readonly L: readonly AttributeValue[] }
  | { readonly BOOL: boolean }
  | { readonly NULL: boolean };

/** An item, or a map within one: attribute names with their values. */
export type AttributeMap = { readonly [name: string]: AttributeValue };
