import { CREDENTIALS } from '../../tools/lambda-emulator/index.ts';
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
    `Status page: ${statusPage}`,
    `The embedded DynamoDB listens at ${dynamoDb.endpoint}, and accepts any region and credentials.`,
  );
};
