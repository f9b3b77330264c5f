import { afterEach, describe, expect, it } from '@jest/globals';
import { bytesAndEnd, RawOrigin } from '../support/dynamodb/raw-origin.ts';
import { useTestCredentials } from '../support/dynamodb/test-credentials.ts';
import { postOperation } from '../support/dynamodb/wire.ts';
import { EndpointUnderTest, type Way } from '../support/endpoint/endpoint-under-test.ts';

let origin: RawOrigin;
let endpoint: EndpointUnderTest;

afterEach(async () => {
  await endpoint.close();
  await origin.close();
});

const answerTo = async (operation: string, status: string, way: Way) => {
  useTestCredentials();
  origin = await RawOrigin.start(
    bytesAndEnd(`HTTP/1.1 ${status} Strange\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}`),
  );
  endpoint = await EndpointUnderTest.inFrontOf(origin.url.href, {}, way);
  const { status: given, body } = await postOperation(endpoint.url, {
    target: `DynamoDB_20120810.${operation}`,
    body: JSON.stringify({ TableName: 'Users', Key: { id: { S: 'a' } } }),
  });
  return { status: given, type: JSON.parse(body.toString()).__type };
};

describe.each<Way>(['raw', 'web'])('an answer of DynamoDB with a status that is none (%s)', (way) => {
  it.each(['600', '999', '700', '099', '000', '1000'])(
    'is an answer that cannot be read, whatever was asked: %s',
    async (status) => {
      expect(await answerTo('PutItem', status, way)).toEqual({
        status: 500,
        type: 'com.amazonaws.dynamodb.v20120810#InternalServerError',
      });
    },
  );

  it.each(['GetItem', 'Scan'])('is an answer that cannot be read to %s', async (operation) => {
    expect(await answerTo(operation, '600', way)).toEqual({
      status: 500,
      type: 'com.amazonaws.dynamodb.v20120810#InternalServerError',
    });
  });

  it('is told from the strangest status that is one', async () => {
    expect(await answerTo('PutItem', '599', way)).toMatchObject({ status: 599 });
  });
});
