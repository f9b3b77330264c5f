import type { Chapter } from './scene.ts';

/** The stage is left to the reader. */
export const invitation: Chapter = async ({ stage: { port, dynamoDb }, narrator }) => {
  const base = `http://localhost:${port}`;
  narrator.title('Try it. The demo keeps running until you press Ctrl-C:');
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
  narrator.say(
    `The embedded DynamoDB listens at ${dynamoDb.endpoint}, and accepts any region and credentials.`,
  );
};
