/** @param request the input of the Query that checks */
export const journalPages: (request: { readonly ExpressionAttributeValues: object }) => string;
