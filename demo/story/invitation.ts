import { CREDENTIALS } from '../../tools/lambda-emulator/index.ts';
import { REGION } from '../stage/stage.ts';
import type { Scene } from './scene.ts';

/**
 * The stage is left to the reader.
 *
 * @param statusPage where the status page is served
 */
export const invitation = async (
  { stage: { ports, dynamoDb }, narrator }: Scene,
  statusPage: string,
): Promise<void> => {
  const base = `http://localhost:${ports.own}`;
  const token = `X-Aws-Parameters-Secrets-Token: ${CREDENTIALS.AWS_SESSION_TOKEN}`;
  narrator.title('Try it. The demo keeps running until you press Ctrl-C:');
  narrator.say(
    `curl '${base}/dynamodb?name=Products@@p1@@s1'`,
    `curl -i '${base}/dynamodb?name=Products@@p2@@s1'`,
    `curl -i '${base}/dynamodb?name=Orders@@1003'`,
    `curl -i '${base}/dynamodb?table=Thumbnails&hashKey=AAEC&format=dynamodb'`,
    `curl -i -H 'Cache-Control: no-cache' '${base}/dynamodb?name=Flags@@new-checkout'`,
    `curl -i -X DELETE '${base}/dynamodb?name=Products@@p1@@s1'`,
    `curl -H '${token}' 'http://localhost:${ports.secrets}/secretsmanager/get?secretId=prod/db'`,
    `curl '${base}/health'`,
    `curl '${base}/metrics'`,
  );
  narrator.say(
    'Any AWS SDK and the AWS CLI, with the credentials of the function. Orders is cached as a whole; Products is not, so',
    'that reads of whole items go to DynamoDB:',
    `export ${exportedTo(base)}`,
    `aws dynamodb get-item --table-name Orders --key '{"orderNumber":{"N":"1003"}}'`,
    `python3 -c "import boto3; print(boto3.client('dynamodb').get_item(TableName='Orders', Key={'orderNumber': {'N': '1003'}})['Item'])"`,
  );
  narrator.say(
    `Status page: ${statusPage}`,
    `The embedded DynamoDB listens at ${dynamoDb.endpoint}, and accepts any region and credentials.`,
  );
};

/** SDKs differ in the variable of the region that they read. */
const exportedTo = (endpoint: string): string =>
  Object.entries({
    ...CREDENTIALS,
    AWS_REGION: REGION,
    AWS_DEFAULT_REGION: REGION,
    AWS_ENDPOINT_URL_DYNAMODB: endpoint,
  })
    .map(([name, value]) => `${name}=${value}`)
    .join(' ');
