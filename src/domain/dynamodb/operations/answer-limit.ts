/** The longest answer of DynamoDB that is read whole, in bytes: DynamoDB returns at most 16 MB of items. Longer ones can only be streamed. */
export const MAX_ANSWER_BYTES = 17 * 1024 * 1024;
