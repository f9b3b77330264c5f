import type { SdkFindings } from '../function/sdk-findings.ts';
import type { SdkVisit } from '../stage/stage.ts';
import type { Chapter, Scene } from './scene.ts';
import { shownCount } from './shown-count.ts';

/** A function that knows nothing of the cache, without the variable and with it. */
export const withoutRewriting: Chapter = async (scene) => {
  const { narrator, stage } = scene;
  narrator.chapter('The endpoint for SDKs');
  narrator.say(
    'This function uses the AWS SDK. It reads an order many times, adds one to its total, and reads it again.',
  );
  narrator.ask('sdk-function');
  show(scene, await stage.runSdkFunction(), ({ reads }) => reads + 2);

  narrator.say('The same code with one variable. The read after the write returns the new total.');
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
    `${reads} reads, median ${medianMs.toFixed(2)} ms; total ${before}, then ${after}; ${shownCount(dynamoDbRequests)}`,
    [
      ...(after === before + 1 ? [] : [`expected a total of ${before + 1} after the write`]),
      ...(dynamoDbRequests === expected ? [] : [`expected: ${shownCount(expected)}`]),
    ],
  );
};
