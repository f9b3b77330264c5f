import type { SdkFindings } from '../function/sdk-findings.ts';
import type { SdkVisit } from '../stage/stage.ts';
import type { Chapter, Scene } from './scene.ts';
import { shownCount } from './shown-count.ts';

/** A function that knows nothing of the cache, without the variable and with it. */
export const withoutRewriting: Chapter = async (scene) => {
  const { narrator, stage } = scene;
  narrator.chapter('Without rewriting anything');
  narrator.say(
    'A function that reads by the AWS SDK. It reads an order again and again, raises its total by one, and reads it once more.',
  );
  narrator.ask('sdk-function');
  show(scene, await stage.runSdkFunction(), ({ reads }) => reads + 2);

  narrator.say('The same code once more, and one variable. Each write is seen by the next read.');
  narrator.ask(`AWS_ENDPOINT_URL_DYNAMODB=http://127.0.0.1:${stage.port} sdk-function`);
  // The first read, the write, and the first read after it.
  show(scene, await stage.runSdkFunction(stage.port), () => 3);
};

const show = (
  { narrator }: Scene,
  { findings, dynamoDbRequests }: SdkVisit,
  expectedRequests: (findings: SdkFindings) => number,
): void => {
  const { reads, medianMs, before, after } = findings;
  const expected = expectedRequests(findings);
  narrator.found(
    `${reads} reads, half of them in less than ${medianMs.toFixed(2)} ms; a total of ${before}, then ${after}; ${shownCount(dynamoDbRequests)}`,
    [
      ...(after === before + 1 ? [] : [`expected a total of ${before + 1} after the write`]),
      ...(dynamoDbRequests === expected ? [] : [`expected: ${shownCount(expected)}`]),
    ],
  );
};
