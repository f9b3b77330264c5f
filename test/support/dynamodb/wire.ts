/** Anything will do for a DynamoDB that checks no signature, as long as it looks like one. */
const AUTHORIZATION =
  'AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=test';

/** Makes one call to a DynamoDB that checks no signatures, without any client in between. */
export const callDynamoDb = async (
  endpoint: string,
  operation: string,
  body: unknown,
): Promise<{ readonly status: number; readonly text: string }> => {
  const response = await fetch(endpoint, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': `DynamoDB_20120810.${operation}`,
      'x-amz-date': '20260101T000000Z',
      authorization: AUTHORIZATION,
    },
    body: JSON.stringify(body),
  });
  return { status: response.status, text: await response.text() };
};
