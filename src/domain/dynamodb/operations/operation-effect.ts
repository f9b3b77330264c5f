const CHANGES_NOTHING: ReadonlySet<string> = new Set([
  'BatchGetItem',
  'GetItem',
  'Query',
  'Scan',
  'SearchVectors',
  'TransactGetItems',
]);

/** Whether DynamoDB may do the operation twice and nobody would notice. Of operations that nobody here knows: no. */
export const isRepeatable = (operation: string): boolean =>
  CHANGES_NOTHING.has(operation) || /^(?:Describe|List)[A-Z]/.test(operation);
