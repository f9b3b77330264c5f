import type { Chapter } from './scene.ts';

/** The stage is left to the reader. */
export const invitation: Chapter = async ({ stage: { port, dynamoDb }, narrator }) => {
  const base = `http://localhost:${port}`;
  narrator.title('Now you. Everything stays up until Ctrl-C:');
  narrator.say(
    `curl '${base}/dynamodb?name=Products@@p1@@s1'`,
    `curl -i '${base}/dynamodb?name=Products@@p2@@s1'`,
    `curl -i '${base}/dynamodb?name=Orders@@1003'`,
    `curl -i '${base}/dynamodb?table=Thumbnails&hashKey=AAEC&format=dynamodb'`,
    `curl -i -H 'Cache-Control: no-cache' '${base}/dynamodb?name=Flags@@new-checkout'`,
    `curl -i -X DELETE '${base}/dynamodb?name=Products@@p1@@s1'`,
    `curl '${base}/health'`,
    `curl '${base}/metrics'`,
  );
  narrator.say(`The embedded DynamoDB is at ${dynamoDb.endpoint}, for any region and credentials.`);
};
