import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import * as v from 'valibot';
import { CREDENTIALS } from '../../tools/lambda-emulator/index.ts';
import type { SdkFindings } from '../function/sdk-findings.ts';

const run = promisify(execFile);

const findingsSchema: v.GenericSchema<unknown, SdkFindings> = v.object({
  reads: v.number(),
  medianMs: v.number(),
  before: v.number(),
  after: v.number(),
});

/**
 * Runs the function that reads by the AWS SDK, as Lambda would in the environment of the sample function.
 *
 * @param dynamoDb what stands for the DynamoDB of the region
 * @param endpoint what the variable says; without it, the variable is not set
 */
export const runSdkFunction = async (
  path: string,
  dynamoDb: string,
  endpoint?: string,
): Promise<SdkFindings> => {
  const env = {
    AWS_REGION: 'eu-west-1',
    ...CREDENTIALS,
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    AWS_ENDPOINT_URL: dynamoDb,
    ...(endpoint === undefined ? {} : { AWS_ENDPOINT_URL_DYNAMODB: endpoint }),
  };
  const { stdout } = await run(process.execPath, [path], { env, timeout: 60_000 });
  return v.parse(findingsSchema, JSON.parse(stdout));
};
