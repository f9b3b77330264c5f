import * as v from 'valibot';
import { type AwsCli, AwsCliError, profileOptions } from './aws-cli.ts';
import type { Execute } from './execute.ts';

const INSTALL = 'https://docs.aws.amazon.com/cli/latest/userguide/getting-started-install.html';

/** Returns the version of the AWS CLI. @throws {Error} that says what to do */
export const findCliVersion = async (execute: Execute): Promise<string> => {
  const { status, isMissing, stdout, stderr } = await execute('aws', ['--version']);
  if (isMissing) {
    throw new Error(`the AWS CLI was not found in PATH. Install version 2: ${INSTALL}`);
  }
  const version = /^aws-cli\/(\S+)/.exec(stdout || stderr)?.[1];
  if (version?.startsWith('2.')) return version;
  throw new Error(
    `version 2 of the AWS CLI is needed; \`aws --version\` ended with ${status} and printed: ${(stdout || stderr).trim()}. Install it: ${INSTALL}`,
  );
};

const IdentitySchema = v.object({ Account: v.string() });

/** Returns the number of the account. @throws {Error} that says what to do */
export const findAccount = async (aws: AwsCli): Promise<string> => {
  const { profile, region } = aws.place;
  try {
    return v.parse(IdentitySchema, await aws.call('sts', 'get-caller-identity')).Account;
  } catch (error) {
    if (!(error instanceof AwsCliError)) throw error;
    const login = profile === undefined ? 'aws sso login' : `aws sso login --profile ${profile}`;
    throw new Error(
      `no AWS credentials for ${profile === undefined ? 'the default profile' : `the profile ${profile}`} in ${region}. Log in, such as with \`${login}\`, or choose another profile with --profile. The AWS CLI reports: ${error.message}`,
    );
  }
};

/** Checks that the CDK can deploy to the account and region. @throws {Error} that says what to do */
export const checkBootstrap = async (aws: AwsCli, account: string): Promise<void> => {
  try {
    await aws.call('ssm', 'get-parameter', '--name', '/cdk-bootstrap/hnb659fds/version');
  } catch (error) {
    if (!(error instanceof AwsCliError)) throw error;
    const options = profileOptions(aws.place).join(' ');
    const command = `npx cdk bootstrap aws://${account}/${aws.place.region} ${options}`.trim();
    throw new Error(
      error.code === 'ParameterNotFound'
        ? `the account has no CDK bootstrap stack in ${aws.place.region}. Create it once: (cd deploy/cdk && npm ci && ${command})`
        : `whether the account has a CDK bootstrap stack could not be read: ${error.message}`,
    );
  }
};
