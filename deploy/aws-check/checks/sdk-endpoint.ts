import type { Cloud, FunctionId } from '../cloud.ts';
import { answerOf, type Check, expectThat, type Seen } from './check.ts';
import { FIXED } from './items.ts';

const TABLE = 'CHECK_THINGS';
const LOOPBACK = /^http:\/\/(127\.0\.0\.1|localhost):\d+$/;
const WRITTEN = 7;

/** The AWS SDK with an endpoint variable. */
export const sdkEndpoint: Check = {
  name: 'SDK endpoint',
  promise: 'With AWS_ENDPOINT_URL_DYNAMODB, the SDK reads from the cache, and reads its own writes.',
  run: (cloud) => readAndWrite(cloud, 'SdkEndpoint'),
};

/** The wrapper of the layer, which sets that variable. */
export const wrapper: Check = {
  name: 'wrapper',
  promise:
    'With AWS_LAMBDA_EXEC_WRAPPER, the wrapper of the layer sets the endpoint, and the SDK behaves as above.',
  run: (cloud) => readAndWrite(cloud, 'Wrapper'),
};

const readAndWrite = async (cloud: Cloud, fn: FunctionId): Promise<Seen> => {
  const read = { sdkGet: { table: TABLE, id: FIXED.item.id } };
  const written = { table: TABLE, id: `written-by-${fn}` };
  const { findings } = await cloud.invoke(fn, {
    steps: [read, read, { sdkPut: { ...written, version: WRITTEN } }, { sdkGet: written }],
  });
  const { endpoint, before, after } = findings;
  expectThat(LOOPBACK.test(endpoint), `the endpoint of the SDK was ${JSON.stringify(endpoint)}`);
  expectThat(
    answerOf(findings, 1).version === FIXED.item.version,
    `the SDK read version ${answerOf(findings, 1).version}; DynamoDB had ${FIXED.item.version}`,
  );
  const hits = (after.counts?.hits ?? 0) - (before.counts?.hits ?? 0);
  expectThat(hits > 0, 'the second read of the SDK was no hit');
  expectThat(
    answerOf(findings, 3).version === WRITTEN,
    `after its write of version ${WRITTEN}, the SDK read ${answerOf(findings, 3).version}`,
  );
  return { text: `The SDK used ${endpoint}. Its second read was a hit, and it read its own write.` };
};
